"""A training: collections taken in, edges smoothed, a model made, a report of it. Started by hand, or by whoever brings new frames.

Each task continues what an earlier try has left; train goes on from its last checkpoint. The model's folder is named after the time of the run, so that a
run never writes over another one's model.

Variables: toonlake_tables, toonlake_training_photos, toonlake_training_frames, toonlake_models, toonlake_vgg19 (s3a:// URIs or folders;
the last is VGG19's weights, a file or folder as docs/vgg19.md has them), toonlake_training_settings (a HOCON file: collections and networks; by default the release's
conf/small-collection.conf). Connection: spark_default.
"""
from __future__ import annotations

import os
from datetime import datetime, timedelta

from airflow.sdk import DAG
from toonlake_operator import HOME, ToonlakeOperator, alert

TABLES = "{{ var.value.get('toonlake_tables', 's3a://lake/tables') }}"
SETTINGS = "{{ var.value.get('toonlake_training_settings', '" + HOME + "/conf/small-collection.conf') }}"
VGG19 = "{{ var.value.get('toonlake_vgg19', 's3a://lake/vgg19.safetensors') }}"
MODEL = "{{ var.value.get('toonlake_models', 's3a://lake/models') }}/{{ dag_run.run_after.strftime('%Y%m%dT%H%M%S') }}"


def job(task_id, name, *arguments):
    return ToonlakeOperator(
        task_id=task_id,
        job=name,
        job_arguments=[*arguments, "--tables", TABLES, "--config", SETTINGS],
        driver_memory="2g",
        executor_memory="3g",
        conf={"spark.executor.memoryOverhead": "6g"},
    )


with DAG(
    dag_id="toonlake_training",
    description="Photos and frames to a model",
    schedule=None,
    start_date=datetime(2026, 1, 1),
    max_active_runs=1,
    default_args={"retries": 3, "retry_delay": timedelta(seconds=int(os.environ.get("TOONLAKE_RETRY_SECONDS", "300"))), "on_failure_callback": alert},
    tags=["toonlake"],
    doc_md=__doc__,
) as dag:
    photos = job("ingest_photos", "ingest", "--domain", "photo", "--collection", "photos",
                 "--input", "{{ var.value.get('toonlake_training_photos', 's3a://lake/training/photos') }}")
    frames = job("ingest_frames", "ingest", "--domain", "cartoon", "--collection", "frames",
                 "--input", "{{ var.value.get('toonlake_training_frames', 's3a://lake/training/frames') }}")
    edges = job("edge_smooth", "edge-smooth", "--collection", "frames")
    train = job("train", "train", "--photos", "photos", "--cartoons", "frames", "--output", MODEL,
                "--set", "train.content.vgg19=" + VGG19)
    report = job("report", "report", "--output", MODEL + "/report.html")

    # One after the other: each has the whole cluster, and two drivers must not write one table on S3 at once.
    photos >> frames >> edges >> train >> report
