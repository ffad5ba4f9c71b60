"""The night on Kubernetes: toonlake_nightly with a SparkApplication for the operator, from the file that TOONLAKE_MANIFEST names, or stylize.yaml beside this
one, or the release's. Of the two DAGs a lake has one.

Variables: as toonlake_nightly's, but for the executors, which the manifest says; toonlake_settings names a file in the image; toonlake_summaries is an
s3a:// folder that the job's summaries go to.
Connections: kubernetes_default, aws_default for sensor and summaries, toonlake_alerts if alerts shall go somewhere.
"""
from __future__ import annotations

import os
import pathlib
from datetime import datetime, timedelta

import yaml
from airflow.sdk import DAG
from airflow.timetables.interval import CronDataIntervalTimetable
from toonlake_kubernetes_operator import ToonlakeKubernetesOperator
from toonlake_operator import HOME, OF_A_NIGHT, account, alert_of_run, horizon, photos_are_there

PLACES = [os.environ.get("TOONLAKE_MANIFEST"), pathlib.Path(__file__).parent / "stylize.yaml", f"{HOME}/deploy/kubernetes/stylize.yaml"]


def application():
    found = next((pathlib.Path(place) for place in PLACES if place and pathlib.Path(place).is_file()), None)
    if found is None:
        raise FileNotFoundError(f"Cannot find a manifest at {[str(place) for place in PLACES if place]}: name it with TOONLAKE_MANIFEST")
    return yaml.safe_load(found.read_text())


with DAG(
    dag_id="toonlake_nightly_kubernetes",
    description="New photos of the lake as cartoons, on Kubernetes",
    schedule=CronDataIntervalTimetable("0 2 * * *", timezone="UTC"),
    start_date=datetime(2026, 1, 1),
    catchup=False,
    max_active_runs=1,
    dagrun_timeout=timedelta(hours=20),
    on_failure_callback=alert_of_run,
    default_args=OF_A_NIGHT,
    tags=["toonlake"],
    doc_md=__doc__,
) as dag:
    ready = photos_are_there()
    until = horizon()

    stylize = ToonlakeKubernetesOperator(
        task_id="stylize",
        name="toonlake-stylize",
        namespace="toonlake",
        manifest=application(),
        job="stylize",
        job_arguments=[
            "--model", "{{ var.value.get('toonlake_model', 's3a://lake/models/hayao') }}",
            "--input", "{{ var.value.get('toonlake_photos', 's3a://lake/photos') }}",
            "--output", "{{ var.value.get('toonlake_cartoons', 's3a://lake/cartoons') }}",
            "--modified-before", "{{ ti.xcom_pull(task_ids='horizon') }}",
            "--config", "{{ var.value.get('toonlake_settings', '/opt/toonlake/conf/nightly.conf') }}",
        ],
        summaries="{{ var.value.get('toonlake_summaries', 's3a://lake/summaries') }}",
        get_logs=True,
        delete_on_termination=True,
        execution_timeout=timedelta(hours=12),
        max_active_tis_per_dag=1,
    )

    ready >> until >> stylize >> account(stylize.output)
