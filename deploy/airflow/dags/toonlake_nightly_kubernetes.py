"""The night on Kubernetes: a SparkApplication for the operator, from deploy/kubernetes/stylize.yaml, which belongs beside this file or where the environment's
TOONLAKE_MANIFEST says.

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
from toonlake_operator import alert

MANIFEST = pathlib.Path(os.environ.get("TOONLAKE_MANIFEST", pathlib.Path(__file__).parents[2] / "kubernetes/stylize.yaml"))


def application():
    """The manifest, for photos up to the end of the data interval."""
    manifest = yaml.safe_load(MANIFEST.read_text())
    manifest["spec"]["arguments"] += ["--modified-before", "{{ data_interval_end.strftime('%Y-%m-%dT%H:%M:%SZ') }}"]
    return manifest


if MANIFEST.exists():
    with DAG(
        dag_id="toonlake_nightly_kubernetes",
        description="New photos of the lake as cartoons, on Kubernetes",
        schedule=CronDataIntervalTimetable("0 2 * * *", timezone="UTC"),
        start_date=datetime(2026, 1, 1),
        catchup=False,
        max_active_runs=1,
        dagrun_timeout=timedelta(hours=20),
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
