"""Every night: the photos that came since, as cartoons.

A run takes what was there at the end of its data interval (--modified-before), and stylize leaves what is done already: so runs may be repeated, cleared
and backfilled in any order. One at a time, since two would wait for each other's lease on the output.

Variables: toonlake_photos, toonlake_cartoons, toonlake_model (s3a:// URIs or folders), toonlake_ready (an s3:// key that whoever brings the photos writes
when a day is complete; templated with ds, the interval's end), toonlake_settings (a HOCON file, such as the release's conf/nightly.conf).
Connections: spark_default (spark://host:port or yarn), aws_default for the sensor, toonlake_alerts if alerts shall go somewhere.
"""
from __future__ import annotations

import os
from datetime import datetime, timedelta

from airflow.providers.amazon.aws.sensors.s3 import S3KeySensor
from airflow.sdk import DAG, task
from airflow.timetables.interval import CronDataIntervalTimetable
from toonlake_operator import HOME, ToonlakeOperator, alert, alert_of_run

with DAG(
    dag_id="toonlake_nightly",
    description="New photos of the lake as cartoons",
    # With intervals: a plain cron string has had none since Airflow 3.
    schedule=CronDataIntervalTimetable("0 2 * * *", timezone="UTC"),
    start_date=datetime(2026, 1, 1),
    catchup=False,
    max_active_runs=1,
    # A night that takes longer has something wrong with it. (SLAs are gone from Airflow 3.)
    dagrun_timeout=timedelta(hours=20),
    on_failure_callback=alert_of_run,
    default_args={
        "retries": 4,
        "retry_delay": timedelta(seconds=int(os.environ.get("TOONLAKE_RETRY_SECONDS", "300"))),
        # Twice as long each time.
        "retry_exponential_backoff": 2.0,
        "max_retry_delay": timedelta(hours=1),
        "on_failure_callback": alert,
    },
    tags=["toonlake"],
    doc_md=__doc__,
) as dag:
    ready = S3KeySensor(
        task_id="photos_are_there",
        bucket_key="{{ var.value.get('toonlake_ready', 's3://lake/ready/') }}{{ data_interval_end | ds }}",
        mode="reschedule",
        poke_interval=timedelta(minutes=1),
        timeout=timedelta(hours=6),
    )

    stylize = ToonlakeOperator(
        task_id="stylize",
        job="stylize",
        job_arguments=[
            "--model", "{{ var.value.get('toonlake_model', 's3a://lake/models/hayao') }}",
            "--input", "{{ var.value.get('toonlake_photos', 's3a://lake/photos') }}",
            "--output", "{{ var.value.get('toonlake_cartoons', 's3a://lake/cartoons') }}",
            "--modified-before", "{{ data_interval_end.strftime('%Y-%m-%dT%H:%M:%SZ') }}",
            "--config", "{{ var.value.get('toonlake_settings', '" + HOME + "/conf/nightly.conf') }}",
        ],
        driver_memory="2g",
        executor_memory="3g",
        # stylize.engine-memory and a gibibyte.
        conf={"spark.executor.memoryOverhead": "7g"},
        execution_timeout=timedelta(hours=12),
    )

    @task(retries=0)
    def account(summary: dict) -> str:
        """The night in a line, for the log and for whoever reads XCom. Every photo is in one of these counts; stylize fails where one is not."""
        return ", ".join(f"{summary[key]} {key}" for key in ("read", "done", "unchanged", "quarantined", "filtered"))

    ready >> stylize
    account(stylize.output)
