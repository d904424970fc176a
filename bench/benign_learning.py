# ruff: noqa: ANN401, E501, PLW0108, TID253 - a table of makers, run in an environment of its own
"""Fitted estimators of scikit-learn and of libraries that follow it."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from sklearn import compose, feature_extraction, pipeline, preprocessing, svm
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, KFold
from sklearn.utils import Bunch, all_estimators

RNG = np.random.default_rng(0)
X = RNG.random((60, 4))
Y = (X[:, 0] + X[:, 1] > 1).astype(int)
TEXTS = ["the cat sat", "a dog ran", "the end of it"] * 20
WRAPPED = {
    "estimator": lambda: LogisticRegression(), "estimators": lambda: [("a", LogisticRegression())],
    "base_estimator": lambda: LogisticRegression(), "transformer_list": lambda: [("s", preprocessing.StandardScaler())],
    "steps": lambda: [("s", preprocessing.StandardScaler()), ("c", LogisticRegression())],
    "transformers": lambda: [("s", preprocessing.StandardScaler(), [0, 1])],
    "param_grid": lambda: {"C": [0.1, 1]}, "param_distributions": lambda: {"C": [0.1, 1]},
}  # fmt: skip


def made(kind: Any) -> Any:
    """Return an estimator with what its constructor cannot do without."""
    import inspect

    named = {}
    for name, parameter in inspect.signature(kind.__init__).parameters.items():
        if parameter.default is inspect.Parameter.empty and name in WRAPPED:
            named[name] = WRAPPED[name]()
    return kind(**named)


def fitted(model: Any) -> Any:
    """Return the model fitted to numbers, to texts, or not at all."""
    for arguments in ((X, Y), (X,), (np.abs(X), X[:, :2]), (TEXTS,), (X[:, 0], Y)):
        try:
            return model.fit(*arguments)
        except Exception:  # noqa: BLE001, S112 - it wants other data
            continue
    return model


def estimators() -> Iterator[tuple[str, Any]]:
    """Yield every estimator of scikit-learn."""
    for name, kind in all_estimators():
        try:
            yield f"sklearn_{name}", fitted(made(kind))
        except Exception as error:  # noqa: BLE001 - it cannot be made without more
            print(name, repr(error)[:80])


def composed() -> Iterator[tuple[str, Any]]:
    """Yield what people build from them."""
    logistic = LogisticRegression()
    things: dict[str, Any] = {
        "function": preprocessing.FunctionTransformer(np.log1p, np.expm1),
        "pipeline": pipeline.make_pipeline(preprocessing.StandardScaler(), svm.SVC(probability=False)).fit(X, Y),
        "text": pipeline.make_pipeline(feature_extraction.text.TfidfVectorizer(), LogisticRegression()).fit(TEXTS, [0, 1, 2] * 20),
        "hashing": feature_extraction.text.HashingVectorizer(n_features=16),
        "count_split": feature_extraction.text.CountVectorizer(tokenizer=str.split).fit(TEXTS),
        "columns": compose.make_column_transformer((preprocessing.OneHotEncoder(), [0]), remainder="passthrough").fit(X),
        "selector": compose.make_column_selector(dtype_include=np.number),
        "grid": GridSearchCV(logistic, {"C": [0.1, 1]}, cv=KFold(2)).fit(X, Y),
        "bunch": Bunch(data=X, target=Y), "rbf_svm": svm.SVC(kernel="rbf").fit(X, Y),
    }  # fmt: skip
    for name, thing in things.items():
        yield f"sklearn_composed_{name}", thing


def boosters() -> Iterator[tuple[str, Any]]:
    """Yield models of the libraries beside scikit-learn."""
    import catboost
    import category_encoders
    import hmmlearn.hmm
    import imblearn.over_sampling
    import imblearn.pipeline
    import lightgbm
    import pandas as pd
    import xgboost

    frame = pd.DataFrame({"a": ["x", "y"] * 30, "b": X[:, 0]})
    makers: dict[str, Any] = {
        "xgb_classifier": lambda: xgboost.XGBClassifier(n_estimators=2).fit(X, Y),
        "xgb_regressor": lambda: xgboost.XGBRegressor(n_estimators=2).fit(X, Y),
        "xgb_ranker": lambda: xgboost.XGBRanker(n_estimators=1).fit(X, Y, qid=np.zeros(60)),
        "xgb_booster": lambda: xgboost.train({}, xgboost.DMatrix(X, Y), 2),
        "xgb_early": lambda: xgboost.XGBRegressor(n_estimators=2, callbacks=[xgboost.callback.EarlyStopping(1)]),
        "lgb_classifier": lambda: lightgbm.LGBMClassifier(n_estimators=2, verbose=-1).fit(X, Y),
        "lgb_regressor": lambda: lightgbm.LGBMRegressor(n_estimators=2, verbose=-1).fit(X, Y),
        "lgb_booster": lambda: lightgbm.train({"verbose": -1}, lightgbm.Dataset(X, Y), 2),
        "cat_classifier": lambda: catboost.CatBoostClassifier(iterations=2, verbose=0, allow_writing_files=False).fit(X, Y),
        "cat_regressor": lambda: catboost.CatBoostRegressor(iterations=2, verbose=0, allow_writing_files=False).fit(X, Y),
        "smote": lambda: imblearn.pipeline.make_pipeline(imblearn.over_sampling.SMOTE(), LogisticRegression()).fit(X, Y),
        "target_encoder": lambda: category_encoders.TargetEncoder().fit(frame, Y),
        "ordinal": lambda: category_encoders.OrdinalEncoder().fit(frame),
        "hmm": lambda: hmmlearn.hmm.GaussianHMM(2, n_iter=2).fit(X),
    }  # fmt: skip
    for name, make in makers.items():
        try:
            yield f"sklearn_{name}", make()
        except Exception as error:  # noqa: BLE001 - a version that differs
            print(name, repr(error)[:80])


def objects() -> Iterator[tuple[str, Any]]:
    """Yield name and object."""
    yield from estimators()
    yield from composed()
    yield from boosters()
