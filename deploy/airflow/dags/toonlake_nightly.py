"""Every night: the photos that came since, as cartoons.

A run takes what was there at the end of its data interval, or, where the day was said to be complete later, by then (--modified-before); stylize leaves what is
done already. So runs may be repeated, cleared and backfilled in any order. One at a time, since two would wait for each other's lease on the output.

Variables: toonlake_photos, toonlake_cartoons, toonlake_model (s3a:// URIs or folders), toonlake_ready (an s3:// key that whoever brings the photos writes
when a day is complete; followed by the interval's end, as 2026-11-26), toonlake_settings (a HOCON file, such as the release's conf/nightly.conf); for YARN
toonlake_executors and toonlake_executor_cores, without which Spark starts two of one core.
Connections: spark_default (spark://host:port or yarn), aws_default for the sensor, toonlake_alerts if alerts shall go somewhere.
"""
from __future__ import annotations

from datetime import datetime, timedelta

from airflow.sdk import DAG
from airflow.timetables.interval import CronDataIntervalTimetable
from toonlake_operator import HOME, OF_A_NIGHT, ToonlakeOperator, account, alert_of_run, horizon, photos_are_there

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
    default_args=OF_A_NIGHT,
    tags=["toonlake"],
    doc_md=__doc__,
) as dag:
    ready = photos_are_there()
    until = horizon()

    stylize = ToonlakeOperator(
        task_id="stylize",
        job="stylize",
        job_arguments=[
            "--model", "{{ var.value.get('toonlake_model', 's3a://lake/models/hayao') }}",
            "--input", "{{ var.value.get('toonlake_photos', 's3a://lake/photos') }}",
            "--output", "{{ var.value.get('toonlake_cartoons', 's3a://lake/cartoons') }}",
            "--modified-before", until,
            "--config", "{{ var.value.get('toonlake_settings', '" + HOME + "/conf/nightly.conf') }}",
        ],
        driver_memory="2g",
        executor_memory="3g",
        conf={
            # stylize.engine-memory and a gibibyte.
            "spark.executor.memoryOverhead": "7g",
            # Not passed on where they are empty: Spark's defaults, or spark-defaults.conf's.
            "spark.executor.instances": "{{ var.value.get('toonlake_executors', '') }}",
            "spark.executor.cores": "{{ var.value.get('toonlake_executor_cores', '') }}",
        },
        execution_timeout=timedelta(hours=12),
        # Of all runs: a backfill's number of runs at once is not the DAG's.
        max_active_tis_per_dag=1,
    )

    ready >> until >> stylize >> account(stylize.output)
