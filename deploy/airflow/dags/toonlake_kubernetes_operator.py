"""Toonlake's jobs as Airflow tasks on Kubernetes: what toonlake_operator does for spark-submit, for the operator's SparkApplications.

Needs apache-airflow-providers-cncf-kubernetes, a connection to Kubernetes whose account may do what rbac.yaml of deploy/kubernetes says, and aws_default for the summaries.
"""
from __future__ import annotations

import copy
import json
from typing import Any

from airflow.providers.amazon.aws.hooks.s3 import S3Hook
from airflow.providers.cncf.kubernetes.operators.spark_kubernetes import SparkKubernetesOperator
from airflow.sdk.exceptions import AirflowFailException
from toonlake_operator import FINAL


class ToonlakeKubernetesOperator(SparkKubernetesOperator):
    """Runs one job as a SparkApplication and leaves its summary in XCom, so that later tasks and people read its counts there.

    The task fails for good with the exit codes in FINAL and is retried, as often as ``retries`` says, with all others: a driver that was lost has none. Also in
    XCom: ``exit_code``, and ``summary`` where the job failed and wrote one.

    :param manifest: the SparkApplication, without the job's arguments
    :param job: stylize, train, ... as ./toonlake has them
    :param job_arguments: the job's options, but for --summary (templated)
    :param summaries: s3a:// folder that the job writes its summaries to (templated)
    :param kwargs: SparkKubernetesOperator's
    """

    def __init__(self, *, manifest: dict[str, Any], job: str, job_arguments: list[str], summaries: str, **kwargs: Any) -> None:
        # Not of each try its own: one that finds the driver of a try before it, whose worker was lost, goes on with that.
        summary = summaries + "/{{ dag.dag_id }}/{{ run_id | replace(':', '-') | replace('+', '-') }}/{{ ti.task_id }}.json"
        spec = copy.deepcopy(manifest)
        spec["spec"]["arguments"] = [job, *job_arguments, "--summary", summary]
        super().__init__(template_spec=spec, **kwargs)
        self.job = job
        self.summary = summary
        self.exit_code: int | None = None
        self.is_submitted = False

    template_fields = (*SparkKubernetesOperator.template_fields, "summary")
    # Names of files among the arguments are no templates' files.
    template_ext = ()

    def execute(self, context: Any) -> None:
        self.pod, self.exit_code, self.is_submitted = None, None, False
        try:
            super().execute(context)
        except Exception as failure:  # Kubernetes' own, too, where it is clear what became of the job.
            self.failed(context, failure)
        context["ti"].xcom_push(key="exit_code", value=0)
        # Returned, it would not be: the provider pushes a sidecar's file or nothing.
        context["ti"].xcom_push(key="return_value", value=self.read_summary())

    def get_or_create_spark_crd(self, launcher: Any, context: Any) -> Any:
        """A new driver: what an earlier one has said is no word of this one's."""
        bucket, key = S3Hook.parse_s3_url(self.s3_summary())
        S3Hook().delete_objects(bucket, key)
        self.is_submitted = True
        return super().get_or_create_spark_crd(launcher, context)

    def cleanup(self, pod: Any, remote_pod: Any, *args: Any, **kwargs: Any) -> None:
        """The driver's exit code, which is gone when the pod is."""
        self.exit_code = exit_code(remote_pod, self.base_container_name)
        super().cleanup(pod, remote_pod, *args, **kwargs)

    def failed(self, context: Any, failure: Exception) -> None:
        if not self.is_submitted and self.pod is None:
            raise failure  # Of no driver of ours: a summary would be of an earlier try.
        if self.exit_code is None:
            self.look_back()
        try:
            summary = self.read_summary()
        except Exception as problem:  # A job that was killed wrote none, and what failed it may keep us from it, too.
            self.log.warning("Cannot read %s: %s", self.summary, problem)
            summary = None
        code = self.exit_code if summary is None else summary["exitCode"]
        context["ti"].xcom_push(key="exit_code", value=code)
        if summary is not None:
            context["ti"].xcom_push(key="summary", value=summary)
        if code in FINAL:
            raise AirflowFailException(f"toonlake {self.job} ended with {code}: {FINAL[code]}") from failure
        raise failure

    def look_back(self) -> None:
        """A driver that has failed before the provider has first looked at it, as for a wrong setting, is not cleaned up after."""
        try:
            self.exit_code = exit_code(self.client.read_namespaced_pod(f"{self.name}-driver", self.namespace), self.base_container_name)
        except Exception as problem:  # It may never have begun.
            self.log.warning("Cannot look at the driver of %s: %s", self.name, problem)
        try:
            # Else it might begin later, beside the next try's.
            self.launcher.delete_spark_job(self.name)
        except Exception as problem:
            self.log.warning("Cannot delete %s: %s", self.name, problem)

    def read_summary(self) -> dict[str, Any]:
        return json.loads(S3Hook().read_key(self.s3_summary()))

    def s3_summary(self) -> str:
        return self.summary.replace("s3a://", "s3://", 1)


def exit_code(pod: Any, container: str) -> int | None:
    """The one that a container of a pod has ended with, where it has and Kubernetes still knows."""
    statuses = (pod.status.container_statuses if pod is not None and pod.status is not None else None) or []
    for status in statuses:
        if status.name == container and status.state is not None and status.state.terminated is not None:
            return status.state.terminated.exit_code
    return None
