"""Toonlake's jobs as Airflow tasks: the release's jars and JVM options, exit codes that decide on retries, and the job's summary as the task's value; and
what the nights' DAGs share.

Needs on the workers: a release of Toonlake (TOONLAKE_HOME, /opt/toonlake), a Spark 3.5 (SPARK_HOME) and a Java 17. For standalone clusters and YARN in client mode: the
driver runs on the worker, which sees its exit code and its summary. For Kubernetes see toonlake_nightly_kubernetes.py.
"""
from __future__ import annotations

import json
import logging
import os
import pathlib
import re
import subprocess
import tempfile
from datetime import datetime, timedelta, timezone
from typing import Any

from airflow.providers.amazon.aws.hooks.s3 import S3Hook
from airflow.providers.amazon.aws.sensors.s3 import S3KeySensor
from airflow.providers.apache.spark.operators.spark_submit import SparkSubmitOperator
from airflow.providers.http.hooks.http import HttpHook
from airflow.sdk import BaseHook, task
from airflow.sdk.exceptions import AirflowException, AirflowFailException

LOG = logging.getLogger("airflow.task")

HOME = os.environ.get("TOONLAKE_HOME", "/opt/toonlake")
SPARK_HOME = os.environ.get("SPARK_HOME", "/opt/spark")

# README's exit codes for which the same command again is no help; any other (a store that is away, SIGTERM, a killed JVM, a fault) is tried again.
FINAL = {
    2: "the command line, a setting or the Java is wrong, or a training diverged or collapsed",
    3: "more images in quarantine than max-quarantined-fraction and tolerated-quarantined-images allow; what is good is kept",
    5: "purge has left something",
}

# What ./toonlake sets for the driver, where nothing else is set.
ENVIRONMENT = {"OMP_WAIT_POLICY": "passive", "CUDA_DEVICE_ORDER": "PCI_BUS_ID", "LC_ALL": "C.UTF-8"}

# Seconds for a job to end by itself: stylize.stop-grace-seconds (20) and its last commit. Where Airflow ends the task's own process sooner, the job has its
# SIGTERM and ends all the same; its summary is lost then.
GRACE = 45

# The connection that alerts are posted to, where there is one.
ALERTS = "toonlake_alerts"

# What whoever brings photos writes when a day is complete: toonlake_ready and the day.
READY = "{{ var.value.get('toonlake_ready', 's3://lake/ready/') }}{{ data_interval_end | ds }}"

# As --modified-before has it.
TIME = "%Y-%m-%dT%H:%M:%SZ"


class ToonlakeOperator(SparkSubmitOperator):
    """Runs one job and returns its summary (what --summary writes), so that later tasks and people read its counts from XCom.

    The task fails for good with the exit codes in FINAL and is retried, as often as ``retries`` says, with all others. Each job continues what an earlier
    try has left, so retries and cleared tasks do nothing twice. Also in XCom: ``exit_code``, and ``summary`` where the job failed and wrote one.

    :param job: stylize, train, ... as ./toonlake has them
    :param job_arguments: the job's options, but for --summary (templated)
    :param conf: what Spark is to have (templated); empty values are not passed on
    :param home: folder of the release (templated)
    :param spark_home: of a Spark 3.5, whose bin/spark-submit is called (templated)
    :param kwargs: SparkSubmitOperator's, such as conn_id, driver_memory, executor_memory, executor_cores
    """

    template_fields = (*SparkSubmitOperator.template_fields, "job_arguments", "home", "spark_home")

    def __init__(self, *, job: str, job_arguments: list[str], home: str = HOME, spark_home: str = SPARK_HOME, **kwargs: Any) -> None:
        kwargs.setdefault("name", f"toonlake {job}")
        super().__init__(java_class="io.toonlake.job.Main", **kwargs)
        self.job = job
        self.job_arguments = job_arguments
        self.home = home
        self.spark_home = spark_home

    def execute(self, context: Any) -> dict[str, Any]:
        home = pathlib.Path(self.home)
        self.application = str(home / "toonlake.jar")
        # What is in cuda is large, and belongs on the executors' machines (docs/gpu.md).
        libraries = sorted((home / "lib").glob("*.jar"))
        if not libraries or not pathlib.Path(self.application).is_file():
            raise AirflowFailException(f"Cannot find a release of Toonlake in {home} (unpack one there, or set TOONLAKE_HOME on the worker)")
        if not os.access(f"{self.spark_home}/bin/spark-submit", os.X_OK):
            raise AirflowFailException(f"Cannot find {self.spark_home}/bin/spark-submit (set SPARK_HOME on the worker to a Spark 3.5)")
        given = self.jars, self.conf, self.env_vars
        self.jars = ",".join([*filter(None, [self.jars]), *map(str, libraries)])
        memory = {"spark.executor.memory": self._executor_memory} if getattr(self, "_executor_memory", None) else {}
        asked = {key: value for key, value in (self.conf or {}).items() if value != ""}
        self.conf = with_jvm_options({**memory, **asked}, home)
        # The hook passes the whole environment with it; the first spark-submit on the path is the one it calls.
        self.env_vars = {**ENVIRONMENT, **{key: os.environ[key] for key in ENVIRONMENT if key in os.environ}, **(self.env_vars or {}), "SPARK_HOME": self.spark_home, "PATH": f"{self.spark_home}/bin:{os.environ.get('PATH', '')}"}
        connection = self._get_hook()._connection
        if connection["master"].startswith("k8s") or connection.get("deploy_mode") == "cluster":
            raise AirflowFailException(
                f"Cannot run on {connection['master']} in mode {connection.get('deploy_mode')}: the driver has to run here, for its exit code and summary "
                "(a connection with deploy-mode client to spark://host or yarn; for Kubernetes toonlake_nightly_kubernetes.py)")
        with tempfile.TemporaryDirectory(prefix="toonlake-") as folder:
            summary = pathlib.Path(folder, "summary.json")
            # Where a retry is made by the same object, the last try's hook still has that one's arguments.
            self._hook = None
            self.application_args = [self.job, *self.job_arguments, "--summary", str(summary)]
            try:
                super().execute(context)
            except AirflowException as failure:
                self.failed(context, failure, summary)
            finally:
                self.jars, self.conf, self.env_vars = given
            context["ti"].xcom_push(key="exit_code", value=0)
            return json.loads(summary.read_text())

    def on_kill(self) -> None:
        """Asks the job to end first, which commits what is done; SparkSubmitOperator's kills it at once."""
        process = getattr(self._hook, "_submit_sp", None)
        if process is not None and process.poll() is None:
            process.terminate()
            try:
                process.wait(GRACE)
            except subprocess.TimeoutExpired:
                self.log.warning("The job has not ended %d s after SIGTERM and is killed", GRACE)
        super().on_kill()

    def failed(self, context: Any, failure: AirflowException, summary: pathlib.Path) -> None:
        process = getattr(self._hook, "_submit_sp", None)
        code = None if process is None else process.returncode
        context["ti"].xcom_push(key="exit_code", value=code)
        if summary.exists():
            context["ti"].xcom_push(key="summary", value=json.loads(summary.read_text()))
        if code in FINAL:
            raise AirflowFailException(f"toonlake {self.job} ended with {code}: {FINAL[code]}") from failure
        raise failure


def with_jvm_options(conf: dict[str, Any], home: pathlib.Path) -> dict[str, Any]:
    """What Spark and ND4J ask of a Java 17, before options that are there already."""
    lines = (home / "etc" / "jvm-options").read_text().splitlines()
    options = " ".join(line for line in lines if line and not line.startswith("#"))
    # The driver's log is the task's: the job's progress, and of Spark what goes wrong.
    log = f"-Dlog4j2.configurationFile={home}/etc/log4j2.properties -Dlog4j2.isThreadContextMapInheritable=true -Djava.awt.headless=true"
    result = dict(conf)
    bound = native_bound(conf)
    for key, more in (("spark.driver.extraJavaOptions", log), ("spark.executor.extraJavaOptions", bound)):
        result[key] = " ".join(filter(None, [options, more, conf.get(key, "")]))
    return result


def native_bound(conf: dict[str, Any]) -> str:
    """What an executor's native code has to stay within, where its container's size is told; else JavaCPP's own bound is four times the heap."""
    sizes = []
    for key in ("spark.executor.memory", "spark.executor.memoryOverhead"):
        size = re.fullmatch(r"(\d+)([kmgt]?)b?", str(conf.get(key, "")).lower())
        if size is None:
            return ""
        sizes.append(int(size[1]) * {"k": 1 / 1024, "": 1, "m": 1, "g": 1024, "t": 1024**2}[size[2]])
    return f"-Dorg.bytedeco.javacpp.maxphysicalbytes={int(sum(sizes))}m"


def photos_are_there(**kwargs: Any) -> S3KeySensor:
    """Waits until whoever brings photos says that the interval's day is complete."""
    return S3KeySensor(
        task_id="photos_are_there",
        bucket_key=READY,
        mode="reschedule",
        poke_interval=timedelta(seconds=int(os.environ.get("TOONLAKE_POKE_SECONDS", "60"))),
        timeout=timedelta(hours=6),
        **kwargs,
    )


def horizon() -> Any:
    """The task that says which photos are the night's: a value for --modified-before."""

    @task(task_id="horizon")
    def until(ready: str, interval_start: str, interval_end: str) -> str:
        """The interval's end; where photos were still brought after that, the time at which the day was said to be complete, but no later than the next night's end."""
        said = S3Hook().head_object(ready)
        if said is None:
            raise AirflowException(f"{ready} is gone")
        # S3's times are whole seconds: what was written in the same one may have been before.
        complete = said["LastModified"] + timedelta(seconds=1)
        start, end = datetime.fromisoformat(interval_start), datetime.fromisoformat(interval_end)
        # What is said of an old day again, as before a backfill, does not make later days' photos its own.
        return min(max(end, complete), end + (end - start)).astimezone(timezone.utc).strftime(TIME)

    return until(READY, "{{ data_interval_start | ts }}", "{{ data_interval_end | ts }}")


@task(retries=0)
def account(summary: dict) -> str:
    """The night in a line, for the log and for whoever reads XCom. Every photo is in one of these counts; stylize fails where one is not."""
    line = ", ".join(f"{summary[key]} {key}" for key in ("read", "done", "unchanged", "quarantined", "filtered"))
    pictures = summary.get("figures", {}).get("picturesOnGpus")
    return line if pictures is None else f"{line}; {pictures:.0f} made on GPUs"


def alert_of_run(context: Any) -> None:
    """For a DAG's on_failure_callback: a run that took too long has no failed task to tell of. Failed tasks tell themselves."""
    reason = context.get("reason")
    if reason == "timed_out":
        # Of a run without a last task Airflow tells no more than this.
        dag, run = context["dag"].dag_id, context["run_id"]
        send({"dag": dag, "task": None, "run": run, "error": reason, "text": f"{dag} was ended in {run}: {reason}"})


def alert(context: Any) -> None:
    """For on_failure_callback: posts what failed to the HTTP connection toonlake_alerts (a chat's webhook, a pager), or logs it where there is none."""
    ti = context["ti"]
    said = {
        "dag": ti.dag_id,
        "task": ti.task_id,
        "run": ti.run_id,
        "try": ti.try_number,
        "error": str(context.get("exception"))[:2000],
    }
    said["text"] = "{dag}.{task} failed in {run}, try {try}: {error}".format(**said)
    send(said)


def send(said: dict[str, Any]) -> None:
    LOG.error("ALERT: %s", said["text"])
    try:
        BaseHook.get_connection(ALERTS)
    except Exception:  # Airflow's own differs from release to release.
        return
    HttpHook(method="POST", http_conn_id=ALERTS).run(json=said)


# Of the tasks of the nights' DAGs.
OF_A_NIGHT = {
    "retries": 4,
    "retry_delay": timedelta(seconds=int(os.environ.get("TOONLAKE_RETRY_SECONDS", "300"))),
    # Twice as long each time.
    "retry_exponential_backoff": 2.0,
    "max_retry_delay": timedelta(hours=1),
    "on_failure_callback": alert,
}
