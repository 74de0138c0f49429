"""Which function emits which class, by library and name."""

from __future__ import annotations

from collections.abc import Mapping

from baton_export.emitter import EstimatorEmitter, StepEmitter
from baton_export.estimators import calibration, ensembles, linear, wrappers
from baton_export.steps import categories, columns, functions, imputation, one_hot, scaling, texts
from baton_export.trees import (
    catboost_trees,
    histograms,
    lightgbm_trees,
    sklearn_trees,
    xgboost_trees,
)

_SKLEARN_STEPS: Mapping[str, StepEmitter] = {
    "Binarizer": scaling.emit_binarizer,
    "ColumnTransformer": columns.emit_column_transformer,
    "FeatureUnion": columns.emit_feature_union,
    "FunctionTransformer": functions.emit_function_transformer,
    "IncrementalPCA": functions.emit_projection,
    "KBinsDiscretizer": functions.emit_k_bins,
    "KNNImputer": imputation.refuse_knn_imputer,
    "MaxAbsScaler": scaling.emit_max_abs_scaler,
    "MinMaxScaler": scaling.emit_min_max_scaler,
    "MissingIndicator": imputation.emit_missing_indicator,
    "Normalizer": scaling.emit_normalizer,
    "OneHotEncoder": one_hot.emit_one_hot,
    "OrdinalEncoder": categories.emit_ordinal,
    "PCA": functions.emit_projection,
    "PolynomialFeatures": functions.emit_polynomial_features,
    "PowerTransformer": scaling.emit_power_transformer,
    "RobustScaler": scaling.emit_robust_scaler,
    "SimpleImputer": imputation.emit_simple_imputer,
    "StandardScaler": scaling.emit_standard_scaler,
    "TargetEncoder": categories.emit_target_encoder,
    "TruncatedSVD": functions.emit_projection,
    **dict.fromkeys(
        ("CountVectorizer", "HashingVectorizer", "TfidfVectorizer"), texts.refuse_vectorizer
    ),
    **dict.fromkeys(
        (
            "GenericUnivariateSelect",
            "RFE",
            "RFECV",
            "SelectFdr",
            "SelectFpr",
            "SelectFromModel",
            "SelectFwe",
            "SelectKBest",
            "SelectPercentile",
            "SequentialFeatureSelector",
            "VarianceThreshold",
        ),
        functions.emit_selection,
    ),
}
_LINEAR_REGRESSORS = (
    "ARDRegression",
    "BayesianRidge",
    "ElasticNet",
    "ElasticNetCV",
    "HuberRegressor",
    "Lasso",
    "LassoCV",
    "LassoLars",
    "LassoLarsCV",
    "LassoLarsIC",
    "LinearRegression",
    "LinearSVR",
    "MultiTaskElasticNet",
    "MultiTaskElasticNetCV",
    "MultiTaskLasso",
    "MultiTaskLassoCV",
    "OrthogonalMatchingPursuit",
    "OrthogonalMatchingPursuitCV",
    "PassiveAggressiveRegressor",
    "QuantileRegressor",
    "Ridge",
    "RidgeCV",
    "SGDRegressor",
    "TheilSenRegressor",
)
_FORESTS = ("DecisionTree", "ExtraTree", "RandomForest", "ExtraTrees")
_SKLEARN_ESTIMATORS: Mapping[str, EstimatorEmitter] = {
    **dict.fromkeys(_LINEAR_REGRESSORS, linear.emit_regressor),
    **dict.fromkeys(("GammaRegressor", "PoissonRegressor"), linear.emit_log_linear),
    **dict.fromkeys(("Lars", "LarsCV"), linear.refuse_lars),
    **dict.fromkeys(("CCA", "PLSCanonical", "PLSRegression"), linear.emit_pls),
    **dict.fromkeys(("LogisticRegression", "LogisticRegressionCV"), linear.emit_logistic),
    **dict.fromkeys(
        (
            "LinearSVC",
            "PassiveAggressiveClassifier",
            "Perceptron",
            "RidgeClassifier",
            "RidgeClassifierCV",
        ),
        linear.emit_decision,
    ),
    **{f"{name}Classifier": sklearn_trees.emit_classifier for name in _FORESTS},
    **{f"{name}Regressor": sklearn_trees.emit_regressor for name in _FORESTS},
    **dict.fromkeys(
        ("FixedThresholdClassifier", "TunedThresholdClassifierCV"), wrappers.emit_threshold
    ),
    "BaggingClassifier": ensembles.emit_bagging_classifier,
    "BaggingRegressor": ensembles.emit_bagging_regressor,
    "CalibratedClassifierCV": calibration.emit_calibrated,
    "ClassifierChain": ensembles.emit_classifier_chain,
    "DummyClassifier": wrappers.emit_dummy_classifier,
    "DummyRegressor": wrappers.emit_dummy_regressor,
    "EllipticEnvelope": wrappers.emit_elliptic_envelope,
    "FrozenEstimator": calibration.emit_frozen,
    "GradientBoostingClassifier": sklearn_trees.emit_boosted_classifier,
    "GradientBoostingRegressor": sklearn_trees.emit_boosted_regressor,
    "HistGradientBoostingClassifier": histograms.emit_classifier,
    "HistGradientBoostingRegressor": histograms.emit_regressor,
    "IsolationForest": sklearn_trees.emit_isolation_forest,
    "LinearDiscriminantAnalysis": linear.emit_discriminant,
    "MLPClassifier": linear.emit_network_classifier,
    "MLPRegressor": linear.emit_network_regressor,
    "MultiOutputClassifier": ensembles.emit_multi_classifier,
    "MultiOutputRegressor": ensembles.emit_multi_regressor,
    "OneVsRestClassifier": ensembles.emit_one_vs_rest,
    "RANSACRegressor": linear.emit_ransac,
    "RegressorChain": ensembles.emit_regressor_chain,
    "SGDClassifier": linear.emit_sgd,
    "StackingClassifier": ensembles.emit_stacking_classifier,
    "StackingRegressor": ensembles.emit_stacking_regressor,
    "TransformedTargetRegressor": wrappers.emit_transformed_target,
    "TweedieRegressor": linear.emit_tweedie,
    "VotingClassifier": ensembles.emit_voting_classifier,
    "VotingRegressor": ensembles.emit_voting_regressor,
}

STEPS: Mapping[str, StepEmitter] = {f"sklearn.{k}": v for k, v in _SKLEARN_STEPS.items()}
ESTIMATORS: Mapping[str, EstimatorEmitter] = {
    **{f"sklearn.{name}": emit for name, emit in _SKLEARN_ESTIMATORS.items()},
    **{
        f"lightgbm.LGBM{kind}": lightgbm_trees.emit_estimator
        for kind in ("Classifier", "Ranker", "Regressor")
    },
    "catboost.CatBoostClassifier": catboost_trees.emit_estimator,
    "catboost.CatBoostRegressor": catboost_trees.emit_estimator,
    "lightgbm.Booster": lightgbm_trees.emit_booster,
    **{
        f"xgboost.XGB{kind}": xgboost_trees.emit_estimator
        for kind in ("Classifier", "RFClassifier", "Regressor", "RFRegressor")
    },
    "xgboost.Booster": xgboost_trees.emit_booster,
}
