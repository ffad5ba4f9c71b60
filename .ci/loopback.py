"""What checks start on this machine and end again: processes, an S3 server, a standalone Spark."""
import contextlib
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
JAVA = f"{os.environ['JAVA_HOME']}/bin/java" if os.environ.get("JAVA_HOME") else "java"
KEY, SECRET = "AKIATOONLAKENIGHT", "nIgHtLy/sEcReT+0123456789"
UPLOAD = """
import pathlib, sys, boto3
store = boto3.client("s3", endpoint_url=sys.argv[1], region_name="us-east-1")
for number, key in enumerate(sys.stdin.read().split("\\n")):
    store.put_object(Bucket=sys.argv[3], Key=key, Body=pathlib.Path(sys.argv[2], str(number)).read_bytes())
"""


def fail(message):
    raise SystemExit(f"FAILED: {message}")


def ok(what, begun):
    print(f"ok: {what} ({time.monotonic() - begun:.0f} s)", flush=True)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def spark_version():
    return re.search(r"<spark.version>(.*?)<", (ROOT / "pom.xml").read_text()).group(1)


class Workplace:
    """A folder with the logs of what was started there."""

    def __init__(self, folder):
        self.folder, self.processes = folder, []

    def run(self, *command, log=None, **options):
        begun = time.monotonic()
        done = subprocess.run(list(map(str, command)), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **options)
        if log:
            (self.folder / log).write_text(done.stdout)
        return done, time.monotonic() - begun

    def need(self, *command, **options):
        done, _ = self.run(*command, **options)
        if done.returncode:
            fail(f"{' '.join(map(str, command))} ended with {done.returncode}:\n{done.stdout[-3000:]}")
        return done.stdout

    def start(self, log, *command, **options):
        process = subprocess.Popen(list(map(str, command)), stdout=open(self.folder / log, "w"), stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
                                   start_new_session=True, **options)
        self.processes.append(process)
        return process

    @staticmethod
    def stop(process):
        if process.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def stop_all(self):
        for process in self.processes:
            self.stop(process)

    def await_line(self, log, pattern, seconds=90):
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            found = re.search(pattern, (self.folder / log).read_text())
            if found:
                return found
            time.sleep(0.3)
        fail(f"{log} has no {pattern} after {seconds} s:\n{(self.folder / log).read_text()[-2000:]}")

    def environment(self, name, *packages):
        """A virtual environment, kept from an earlier run where it is of the same packages."""
        folder = self.folder / name
        wanted = "\n".join(packages)
        if not (folder / "packages").exists() or (folder / "packages").read_text() != wanted:
            begun = time.monotonic()
            shutil.rmtree(folder, ignore_errors=True)
            self.need(sys.executable, "-m", "venv", folder)
            self.need(folder / "bin/pip", "install", "--quiet", "--disable-pip-version-check", *packages)
            (folder / "packages").write_text(wanted)
            ok(f"pip install {' '.join(packages)}", begun)
        return folder

    def cluster(self, spark, conf=None):
        """The master's URL of a standalone Spark with two workers of one core.

        :param conf: folder for its processes' configuration, executors' log4j2.properties among it
        """
        env = {**os.environ, "SPARK_HOME": str(spark), "AWS_ACCESS_KEY_ID": KEY, "AWS_SECRET_ACCESS_KEY": SECRET, "SPARK_LOCAL_IP": "127.0.0.1",
               **({"SPARK_CONF_DIR": str(conf)} if conf else {})}
        self.start("master.log", spark / "bin/spark-class", "org.apache.spark.deploy.master.Master", "--host", "127.0.0.1", "--port", "0", "--webui-port", "0",
                   env=env)
        master = self.await_line("master.log", r"spark://127\.0\.0\.1:\d+").group(0)
        for i in (1, 2):
            self.start(f"worker{i}.log", spark / "bin/spark-class", "org.apache.spark.deploy.worker.Worker", "--cores", "1", "--memory", "3g", "--host",
                       "127.0.0.1", "--webui-port", "0", "--work-dir", self.folder / f"worker{i}", master, env=env)
            self.await_line(f"worker{i}.log", "Successfully registered")
        return master


class Store:
    """An S3 server whose objects are files, so that they outlive it."""

    def __init__(self, place, python, buckets=("lake",)):
        """:param python: of the environment that has boto3"""
        self.place, self.python = place, python
        self.port = free_port()
        self.endpoint = f"http://127.0.0.1:{self.port}"
        self.folder = place.folder / "s3"
        shutil.rmtree(self.folder, ignore_errors=True)
        for bucket in buckets:
            (self.folder / bucket).mkdir(parents=True)
        self.jar = ROOT / "spark-jobs/target/s3proxy/s3proxy.jar"
        if not self.jar.exists():
            place.need(ROOT / "mvnw", "-q", "-B", "-pl", "spark-jobs", "-am", "process-test-resources", cwd=ROOT)
        (place.folder / "s3proxy.properties").write_text(
            f"s3proxy.endpoint={self.endpoint}\ns3proxy.authorization=aws-v2-or-v4\ns3proxy.identity={KEY}\ns3proxy.credential={SECRET}\n"
            f"jclouds.provider=filesystem-nio2\njclouds.filesystem.basedir={self.folder}\njclouds.identity=unused\njclouds.credential=unused\n")
        self.start()

    def start(self):
        self.process = self.place.start("s3proxy.log", JAVA, "-Xmx384m", "-XX:+UseSerialGC", "-jar", self.jar, "--properties",
                                        self.place.folder / "s3proxy.properties")
        self.place.await_line("s3proxy.log", r"Started .*ServerConnector")

    def stop(self):
        self.place.stop(self.process)

    def put(self, objects, bucket="lake"):
        """:param objects: bytes by key, which go by HTTP like anybody's: the server keeps more of an object than a file has"""
        with tempfile.TemporaryDirectory() as folder:
            for number, data in enumerate(objects.values()):
                pathlib.Path(folder, str(number)).write_bytes(data)
            self.place.need(self.python, "-c", UPLOAD, self.endpoint, folder, bucket, input="\n".join(objects),
                            env={**os.environ, "AWS_ACCESS_KEY_ID": KEY, "AWS_SECRET_ACCESS_KEY": SECRET})

    def settings(self):
        """Lines of spark-defaults.conf that name it."""
        return (f"spark.hadoop.fs.s3a.endpoint {self.endpoint}\nspark.hadoop.fs.s3a.path.style.access true\n"
                "spark.hadoop.fs.s3a.connection.ssl.enabled false\n")

    def files(self, prefix):
        return sorted(str(path.relative_to(self.folder / "lake")) for path in (self.folder / "lake" / prefix).rglob("*.jpg"))
