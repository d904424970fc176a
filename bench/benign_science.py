# ruff: noqa: E501, ICN001, TID253, NPY002 - a table of makers, run in an environment of its own
"""Arrays, frames, sparse matrices, distributions and splines."""

from collections.abc import Iterator
from typing import Any

import networkx
import numpy as np
import pandas as pd
import PIL.Image
import scipy.interpolate
import scipy.sparse
import scipy.spatial
import scipy.stats
import statsmodels.api as sm


def arrays() -> Iterator[tuple[str, Any]]:
    """Yield numpy objects."""
    structured = np.zeros(3, dtype=[("a", "f8"), ("b", "U5"), ("c", "i4", (2,))])
    things: dict[str, Any] = {
        "scalars": [np.float32(1), np.int64(3), np.bool_(True), np.str_("x"), np.bytes_(b"y")],
        "datetimes": [np.datetime64("2020-01-01"), np.timedelta64(3, "D")],
        "complex": np.complex64(1j), "array": np.arange(12.0).reshape(3, 4),
        "fortran": np.asfortranarray(np.eye(3)), "strided": np.arange(20)[::3],
        "empty": np.empty((0, 3)), "zero_d": np.array(3.0), "half": np.ones(3, "f2"),
        "big_endian": np.ones(3, ">f8"), "text": np.array(["ab", "c"]),
        "bytes": np.array([b"ab", b"c"]), "objects": np.array([1, "a", None], object),
        "nested_objects": np.array([{"a": [1]}, np.eye(2)], object),
        "structured": structured, "record": np.rec.array(structured),
        "record_scalar": np.rec.array(structured)[0], "void": structured[0],
        "masked": np.ma.masked_array([1, 2, 3], [0, 1, 0]), "mask": np.ma.masked,
        "masked_structured": np.ma.masked_array(structured), "nomask": np.ma.nomask,
        "matrix": np.matrix([[1, 2]]), "large": np.zeros(100_000),
        "dtypes": [np.dtype("f8"), np.dtype(("i4", 3)), structured.dtype, np.dtype("M8[ns]")],
        "types": [np.float64, np.ndarray, np.int8], "dtype_classes": type(np.dtype("f4")),
        "ufuncs": [np.exp, np.log1p, np.add], "functions": [np.mean, np.median, np.argmax],
        "poly1d": np.poly1d([1, 2]), "polynomial": np.polynomial.Polynomial([1, 2]),
        "chebyshev": np.polynomial.Chebyshev([1, 2]), "vectorize": np.vectorize(abs),
        "randomstate": np.random.RandomState(1), "generator": np.random.default_rng(1),
        "mt": np.random.Generator(np.random.MT19937(1)), "bits": np.random.PCG64(1),
        "philox": np.random.Generator(np.random.Philox(1)), "sfc": np.random.SFC64(2),
        "seed": np.random.SeedSequence(5), "finfo": np.finfo("f4"), "nan": np.nan,
        "index_exp": np.index_exp, "global_state": np.random.mtrand._rand,  # noqa: SLF001
        "datetime_array": np.array(["2020-01-01"], "M8[D]"), "subarray": np.zeros(2, "3f4"),
        "memoryview_slice": np.s_[1:2, ..., None], "error": np.linalg.LinAlgError("x"),
        "broadcast": np.broadcast_to(np.arange(3), (2, 3)), "nditer": np.ndindex,
        "stringdtype": np.array(["a", "b"], dtype=np.dtypes.StringDType()),
        "bound": np.arange(3).sum, "random_bound": np.random.RandomState(0).normal,
    }  # fmt: skip
    for name, thing in things.items():
        yield f"np_{name}", thing


def frames() -> Iterator[tuple[str, Any]]:
    """Yield pandas objects."""
    days = pd.date_range("2020-01-01", periods=3, tz="Europe/Berlin")
    table = pd.DataFrame({"a": [1, 2, 3], "b": ["x", None, "z"], "c": [0.1, np.nan, 2]})
    typed = pd.DataFrame({
        "category": pd.Categorical(["a", "b", "a"], ordered=True), "days": days,
        "interval": pd.interval_range(0, 3), "period": pd.period_range("2020", periods=3),
        "sparse": pd.arrays.SparseArray([0, 0, 1]), "nullable": pd.array([1, None, 3], "Int64"),
        "string": pd.array(["a", None, "c"], "string"), "boolean": pd.array([True, None, False]),
        "float": pd.array([1.5, None, 2], "Float64"), "delta": pd.to_timedelta([1, 2, 3], "D"),
        "object": [[1], {"a": 2}, None],
    })  # fmt: skip
    things: dict[str, Any] = {
        "frame": table, "typed": typed, "series": table["a"], "text": table["b"],
        "multi": table.set_index(["a", "b"]), "columns": pd.concat({"x": table}, axis=1),
        "dates": pd.DataFrame({"v": [1, 2, 3]}, index=days), "range": pd.RangeIndex(3),
        "index": pd.Index(["a", "b"]), "floats": pd.Index([0.5, 1]), "datetime": days,
        "categories": pd.CategoricalIndex(["a", "b"]), "multiindex": table.set_index(["a", "b"]).index,
        "intervals": pd.interval_range(0, 3), "periods": pd.period_range("2020", periods=3),
        "deltas": pd.to_timedelta([1, 2], "h"), "timestamp": pd.Timestamp("2020-01-01", tz="UTC"),
        "zoned": pd.Timestamp("2020", tz="Asia/Tokyo"), "timedelta": pd.Timedelta("1D"),
        "period": pd.Period("2020-01"), "interval": pd.Interval(0, 1), "na": [pd.NaT, pd.NA],
        "offset": [pd.offsets.MonthEnd(2), pd.offsets.BDay(), pd.offsets.Hour(3)],
        "offset2": [pd.DateOffset(months=2), pd.offsets.Week(weekday=1)],
        "dtype": [pd.CategoricalDtype(["a"]), pd.DatetimeTZDtype(tz="UTC"), pd.Int64Dtype()],
        "dtypes": [pd.StringDtype(), pd.PeriodDtype("D"), pd.IntervalDtype("int64"), pd.SparseDtype()],
        "groups": table.groupby("b").groups, "describe": table.describe(),
        "array": typed["nullable"].array, "flags": table.flags.allows_duplicate_labels,
        "holiday": pd.tseries.offsets.CustomBusinessDay(holidays=["2020-01-01"]),
        "empty": pd.DataFrame(), "sparse": typed[["sparse"]], "grouper": pd.Grouper(key="a"),
    }  # fmt: skip
    for name, thing in things.items():
        yield f"pd_{name}", thing


def science() -> Iterator[tuple[str, Any]]:
    """Yield objects of scipy, statsmodels, networkx and Pillow."""
    eye = np.eye(4)
    x = np.arange(6.0)
    for kind in ("csr", "csc", "coo", "bsr", "dia", "lil", "dok"):
        yield f"scipy_{kind}_matrix", getattr(scipy.sparse, f"{kind}_matrix")(eye)
        yield f"scipy_{kind}_array", getattr(scipy.sparse, f"{kind}_array")(eye)
    things: dict[str, Any] = {
        "interp1d": scipy.interpolate.interp1d(x, x**2), "pchip": scipy.interpolate.PchipInterpolator(x, x),
        "cubic": scipy.interpolate.CubicSpline(x, x**2), "spline": scipy.interpolate.UnivariateSpline(x, x),
        "bspline": scipy.interpolate.make_interp_spline(x, x), "akima": scipy.interpolate.Akima1DInterpolator(x, x),
        "grid": scipy.interpolate.RegularGridInterpolator((x, x), np.outer(x, x)),
        "rbf": scipy.interpolate.RBFInterpolator(x[:, None], x), "rbf_old": scipy.interpolate.Rbf(x, x),
        "nearest": scipy.interpolate.NearestNDInterpolator(np.c_[x, x], x),
        "linear_nd": scipy.interpolate.LinearNDInterpolator(np.random.rand(8, 2), np.arange(8.0)),
        "ckdtree": scipy.spatial.cKDTree(eye), "kdtree": scipy.spatial.KDTree(eye),
        "rotation": scipy.spatial.transform.Rotation.from_euler("x", 90, degrees=True),
        "result": scipy.stats.ttest_ind(x, x + 1), "linregress": scipy.stats.linregress(x, x),
        "describe": scipy.stats.describe(x), "kde": scipy.stats.gaussian_kde(x),
        "optimize": scipy.optimize.minimize(np.sum, [1.0], method="Nelder-Mead", options={"maxiter": 2}),
        "linear": scipy.optimize.linprog([1.0]), "lti": scipy.signal.lti([1.0], [1.0, 2.0]),
        "multivariate": scipy.stats.multivariate_normal([0, 0]), "special": scipy.special.expit,
        "rv_histogram": scipy.stats.rv_histogram(np.histogram(x)), "distance": scipy.spatial.distance.cosine,
        "rv_discrete": scipy.stats.rv_discrete(values=([1, 2], [0.5, 0.5])),
        "uniform": scipy.stats.uniform, "loguniform": scipy.stats.loguniform(1, 2),
        "delaunay_points": scipy.spatial.ConvexHull(np.random.rand(6, 2)).points,
        "dirichlet": scipy.stats.dirichlet([1.0, 2.0]), "ode": scipy.integrate.solve_ivp(lambda _, y: y, (0, 1), [1.0]).t,
    }  # fmt: skip
    for name, thing in things.items():
        yield f"scipy_{name}", thing
    yield from distributions()
    yield from statistics()
    yield "nx_graph", networkx.karate_club_graph()
    yield "nx_digraph", networkx.DiGraph([(1, 2)])
    yield "nx_multi", networkx.MultiDiGraph([(1, 2), (1, 2)])
    yield "pil_image", PIL.Image.new("RGB", (2, 2))


def distributions() -> Iterator[tuple[str, Any]]:
    """Yield distributions of scipy.stats, frozen and free."""
    for name in (
        "norm",
        "gamma",
        "beta",
        "t",
        "expon",
        "lognorm",
        "poisson",
        "binom",
        "randint",
    ):
        shapes = {
            "gamma": (2,),
            "beta": (1, 2),
            "t": (3,),
            "lognorm": (1,),
            "poisson": (2,),
        }
        arguments = shapes.get(name, (3, 0.5) if name == "binom" else ())
        arguments = (1, 5) if name == "randint" else arguments
        yield f"scipy_frozen_{name}", getattr(scipy.stats, name)(*arguments)
        yield f"scipy_dist_{name}", getattr(scipy.stats, name)


def statistics() -> Iterator[tuple[str, Any]]:
    """Yield fitted models of statsmodels."""
    rng = np.random.default_rng(0)
    x = sm.add_constant(rng.normal(size=(60, 2)))
    y = x @ [1, 2, 3] + rng.normal(size=60)
    frame = pd.DataFrame({"y": y, "a": x[:, 1], "b": rng.integers(0, 2, 60)})
    makers: dict[str, Any] = {
        "ols": lambda: sm.OLS(y, x).fit(), "wls": lambda: sm.WLS(y, x).fit(),
        "gls": lambda: sm.GLS(y, x).fit(), "glm": lambda: sm.GLM(y, x).fit(),
        "logit": lambda: sm.Logit((y > 1).astype(int), x).fit(disp=0),
        "poisson": lambda: sm.GLM(np.abs(y).round(), x, family=sm.families.Poisson()).fit(),
        "rlm": lambda: sm.RLM(y, x).fit(), "quantile": lambda: sm.QuantReg(y, x).fit(),
        "arima": lambda: sm.tsa.ARIMA(y, order=(1, 0, 0)).fit(),
        "sarimax": lambda: sm.tsa.SARIMAX(y, order=(1, 0, 1)).fit(disp=0, maxiter=3),
        "var": lambda: sm.tsa.VAR(x[:, 1:]).fit(1), "kde": lambda: sm.nonparametric.KDEUnivariate(y).fit(),
        "holt": lambda: sm.tsa.ExponentialSmoothing(y, trend="add").fit(),
        "unobserved": lambda: sm.tsa.UnobservedComponents(y, "llevel").fit(disp=0, maxiter=3),
        "formula": lambda: sm.formula.ols("y ~ a + C(b)", frame).fit(),
        "formula_logit": lambda: sm.formula.logit("b ~ a", frame).fit(disp=0),
        "mixed": lambda: sm.formula.mixedlm("y ~ a", frame, groups="b").fit(),
        "pca": lambda: sm.multivariate.PCA(x[:, 1:]), "autoreg": lambda: sm.tsa.AutoReg(y, 1).fit(),
        "ecdf": lambda: sm.distributions.ECDF(y),
    }  # fmt: skip
    for name, make in makers.items():
        try:
            yield f"sm_{name}", make()
        except Exception as error:  # noqa: BLE001 - a model that this version cannot fit
            print("statsmodels", name, repr(error)[:100])


def objects() -> Iterator[tuple[str, Any]]:
    """Yield name and object."""
    yield from arrays()
    yield from frames()
    yield from science()
