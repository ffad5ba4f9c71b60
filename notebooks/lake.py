"""What the notebooks share: a Spark that reads Toonlake's tables, and how pictures are shown. Nothing here writes."""
import glob
import io
import os
import pathlib

import matplotlib.pyplot as plt
from IPython.display import HTML
from PIL import Image, ImageOps
from pyspark.sql import SparkSession
from pyspark.sql import functions as F

HERE = pathlib.Path(__file__).resolve().parent

plt.rcParams.update({
    "figure.figsize": (10, 4), "figure.dpi": 110, "axes.spines.top": False, "axes.spines.right": False, "axes.grid": True, "grid.alpha": 0.25,
    "axes.titlelocation": "left", "axes.titleweight": "bold", "font.size": 10,
    "axes.prop_cycle": plt.cycler(color=["#2a6f97", "#e07a5f", "#81b29a", "#f2cc8f", "#6d597a", "#8d99ae"])})


def place(name, default):
    """A folder or URI from the environment; the demo's where it names none."""
    return os.environ.get(name) or str(HERE.parent / "toonlake-demo" / default)


def session():
    """Spark with Delta Lake, of the version that wrote the tables: from a release (TOONLAKE_HOME), or from this checkout once it was built."""
    folders = [os.path.join(os.environ.get("TOONLAKE_HOME", HERE.parent), "lib"), HERE.parent / "spark-jobs/target/dist/lib"]
    jars = next((found for found in (glob.glob(f"{folder}/delta-*.jar") for folder in folders) if found), None)
    if not jars:
        raise SystemExit(f"Cannot read Delta tables: no delta-*.jar in {' or '.join(map(str, folders))}; set TOONLAKE_HOME to an unpacked release, or build")
    store = [jar for name in ("hadoop-aws-*.jar", "aws-java-sdk-bundle-*.jar") for jar in glob.glob(os.path.join(os.path.dirname(jars[0]), name))]
    spark = (SparkSession.builder.appName("toonlake-notebook").config("spark.jars", ",".join(jars + store))
             .config("spark.sql.extensions", "io.delta.sql.DeltaSparkSessionExtension")
             .config("spark.sql.catalog.spark_catalog", "org.apache.spark.sql.delta.catalog.DeltaCatalog")
             .config("spark.driver.host", "localhost").config("spark.driver.bindAddress", "127.0.0.1")
             # Rows of samples hold whole crops, and shards whole pictures: a batch of Parquet's default 4,096 rows would be a gigabyte.
             .config("spark.sql.parquet.columnarReaderBatchSize", "64").config("spark.driver.memory", "4g")
             .config("spark.sql.shuffle.partitions", "4").config("spark.ui.showConsoleProgress", "false")
             .getOrCreate())
    spark.sparkContext.setLogLevel("ERROR")
    return spark


def holds(spark, tables, name):
    path = spark._jvm.org.apache.hadoop.fs.Path(f"{tables}/{name}/_delta_log")
    return path.getFileSystem(spark._jsc.hadoopConfiguration()).exists(path)


def table(spark, tables, name):
    if not holds(spark, tables, name):
        raise SystemExit(f"There is no table {name} in {tables}. The job that writes it has not run there; see docs/production.md")
    return spark.read.format("delta").load(f"{tables}/{name}")


def picture(data):
    """Upright, as Toonlake sees it."""
    return ImageOps.exif_transpose(Image.open(io.BytesIO(bytes(data)))).convert("RGB")


def read(spark, uri, offset=0, length=None):
    """Bytes of one file, wherever Hadoop finds it: all of them, or a stretch. None where the file is gone."""
    path = spark._jvm.org.apache.hadoop.fs.Path(uri)
    files = path.getFileSystem(spark._jsc.hadoopConfiguration())
    if not files.exists(path):
        return None
    stream = files.open(path)
    try:
        stream.seek(offset)
        return spark._jvm.org.apache.commons.io.IOUtils.toByteArray(stream, length or files.getFileStatus(path).getLen() - offset)
    finally:
        stream.close()


def drawn(samples, collection, number):
    """Pictures of so many samples, drawn by their hashes: the same ones every time. Pixels are read of these alone."""
    keys = ["collection", "sha256", "sample_index"]
    some = samples.filter(F.col("collection") == collection)
    chosen = some.select(*keys).orderBy(F.hash("sha256", "sample_index"), *keys).limit(number)
    rows = some.join(F.broadcast(chosen), keys).select("sha256", "sample_index", "pixels").collect()
    return [picture(row.pixels) for row in sorted(rows, key=lambda row: (row.sha256, row.sample_index))]


def sheet(pictures, titles=None, columns=6, side=1.7):
    """Pictures in rows, each in the same square."""
    if not pictures:
        return HTML("<i>no pictures</i>")
    rows = -(-len(pictures) // columns)
    figure, axes = plt.subplots(rows, columns, figsize=(columns * side, rows * (side + (0.25 if titles else 0))), squeeze=False)
    for i, axis in enumerate(axes.flat):
        axis.axis("off")
        if i < len(pictures):
            axis.imshow(pictures[i])
            if titles:
                axis.set_title(titles[i], fontsize=7, fontweight="normal", loc="center")
    figure.tight_layout(pad=0.4)
    plt.show()


def bars(frame, label, value, title):
    """One bar a row of a pandas frame."""
    figure, axis = plt.subplots(figsize=(10, max(1.2, 0.35 * len(frame) + 0.6)))
    axis.barh(frame[label].astype(str), frame[value])
    axis.bar_label(axis.containers[0], fmt="{:,.0f}", padding=3, fontsize=9)
    axis.invert_yaxis()
    axis.grid(axis="y", visible=False)
    axis.set_title(title)
    plt.show()
