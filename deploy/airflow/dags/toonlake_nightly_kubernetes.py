"""The night on Kubernetes: a SparkApplication for the operator, from the file that TOONLAKE_MANIFEST names, or stylize.yaml beside this one, or the
release's.

The operator knows whether the driver succeeded and not its exit code, so that every failure is tried again, twice: the job leaves what is done, and a
night over the failure budget costs two listings more.
"""
from __future__ import annotations

import os
import pathlib
from datetime import datetime, timedelta

import yaml
from airflow.providers.cncf.kubernetes.operators.spark_kubernetes import SparkKubernetesOperator
from airflow.sdk import DAG
from airflow.timetables.interval import CronDataIntervalTimetable
from toonlake_operator import HOME, alert, alert_of_run

PLACES = [os.environ.get("TOONLAKE_MANIFEST"), pathlib.Path(__file__).parent / "stylize.yaml", f"{HOME}/deploy/kubernetes/stylize.yaml"]


def application():
    """The manifest, for photos up to the end of the data interval."""
    found = next((pathlib.Path(place) for place in PLACES if place and pathlib.Path(place).is_file()), None)
    if found is None:
        raise FileNotFoundError(f"Cannot find a manifest at {[str(place) for place in PLACES if place]}: name it with TOONLAKE_MANIFEST")
    manifest = yaml.safe_load(found.read_text())
    manifest["spec"]["arguments"] += ["--modified-before", "{{ data_interval_end.strftime('%Y-%m-%dT%H:%M:%SZ') }}"]
    return manifest


with DAG(
    dag_id="toonlake_nightly_kubernetes",
    description="New photos of the lake as cartoons, on Kubernetes",
    schedule=CronDataIntervalTimetable("0 2 * * *", timezone="UTC"),
    start_date=datetime(2026, 1, 1),
    catchup=False,
    max_active_runs=1,
    dagrun_timeout=timedelta(hours=20),
    on_failure_callback=alert_of_run,
    default_args={"retries": 2, "retry_delay": timedelta(minutes=10), "on_failure_callback": alert},
    tags=["toonlake"],
    doc_md=__doc__,
) as dag:
    SparkKubernetesOperator(
        task_id="stylize",
        name="toonlake-stylize",
        namespace="toonlake",
        template_spec=application(),
        get_logs=True,
        delete_on_termination=True,
    )
