# Sourced by checks that start a standalone cluster of our own jars: needs $root, and $started, whose processes they end. Loopback only.
# shellcheck shell=bash

dist=$root/spark-jobs/target/dist

daemon() { # log class arguments...: its process is the last of $started
    local log=$1
    shift
    : >"$log" # A run before this one may have left it.
    SPARK_HOME=$dist/spark SPARK_SCALA_VERSION=2.12 SPARK_LOCAL_IP=127.0.0.1 java "@$root/spark-jobs/src/main/dist/jvm-options" \
        -Xmx512m -cp "$dist/spark/jars/*" "$@" >"$log" 2>&1 </dev/null &
    started+=($!)
}

# await LOG PATTERN [SECONDS]: prints what matches, once it does, within a minute or so many seconds.
await() {
    local seconds
    for seconds in $(seq "${3:-60}"); do
        grep -oE -m 1 -- "$2" "$1" && return 0
        sleep 1
    done
    echo "FAILED: after $seconds s $1 has no $2" >&2
    tail -n 20 "$1" >&2
    return 1
}

begin_master() { # log: sets cluster
    daemon "$1" org.apache.spark.deploy.master.Master --host 127.0.0.1 --port 0 --webui-port 0
    cluster=$(await "$1" 'spark://127\.0\.0\.1:[0-9]+')
}

begin_worker() { # log cores memory folder
    daemon "$1" org.apache.spark.deploy.worker.Worker --cores "$2" --memory "$3" --host 127.0.0.1 --webui-port 0 --work-dir "$4" "$cluster"
    await "$1" 'Successfully registered' >/dev/null
}
