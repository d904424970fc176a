"""Names of libraries that honest pickles hold, turned to harm; never loaded."""

from specimens.hostile_pickles import ARGUMENTS, COMMAND, RUN, at, called, whole
from specimens.pickles import (
    binary,
    call,
    dtype,
    hostile,
    name,
    proto,
    tarred,
    text,
    torch_legacy,
    torch_tar,
    torch_zip,
)
from specimens.verdicts import built, dict_of, new, tuple_of

LIBRARIES = {
    "reconstructor base": whole(
        called(
            "copyreg:_reconstructor",
            at("sklearn.base:BaseEstimator"),
            at("subprocess:Popen"),
            COMMAND,
        )
    ),
    "ufunc": whole(
        called("numpy.core:_ufunc_reconstruct", text("os"), text("system"))
        + ARGUMENTS
        + b"R"
    ),
    "ufunc numpy": whole(
        call(
            called("numpy.core:_ufunc_reconstruct", text("numpy"), text("load")),
            COMMAND,
        )
    ),
    "frombuffer": whole(
        called("numpy.core.numeric:_frombuffer", at("os:system"), b"N", b")", text("C"))
    ),
    "np reconstruct2": whole(
        called(
            "numpy.core.multiarray:_reconstruct",
            at("subprocess:Popen"),
            b")",
            b"C\x01b",
        )
    ),
    "np scalar": whole(
        called("numpy.core.multiarray:scalar", dtype("O8", size=8), binary(hostile()))
    ),
    "np fromfile": whole(called("numpy:fromfile", text("/etc/passwd"))),
    "np vec": whole(
        call(built(new("numpy", "vectorize"), dict_of(pyfunc=RUN)), COMMAND)
    ),
    "bitgen": whole(called("numpy.random._pickle:__bit_generator_ctor", RUN)),
    "gen": whole(called("numpy.random._pickle:__generator_ctor", text("MT19937"), RUN)),
    "rv": whole(
        built(
            new("scipy.stats._distn_infrastructure", "rv_continuous"),
            dict_of(
                _parse_arg_template=text(
                    "__import__('os').system('true')\n%(locscale_in)s"
                )
            ),
        )
    ),
    "rv sub": whole(
        built(
            new("scipy.stats._continuous_distns", "norm_gen"),
            dict_of(_parse_arg_template=text("__import__('os').system('true')")),
        )
    ),
    "rv discrete": whole(
        built(
            new("scipy.stats._discrete_distns", "binom_gen"),
            dict_of(_parse_arg_template=text("import os"), name=text("x")),
        )
    ),
    "formula": whole(
        built(
            new("statsmodels.base.data", "PandasData"),
            dict_of(
                formula=text("y ~ __import__('os').system('true')"),
                orig_endog=b"N",
                orig_exog=b"N",
            ),
        )
    ),
    "formula2": whole(
        built(
            new("statsmodels.base.data", "ModelData"),
            dict_of(formula=text("I(open('/etc/passwd').read())")),
        )
    ),
    "torch rebuild type": whole(
        called(
            "torch._tensor:_rebuild_from_type_v2",
            RUN,
            at("torch:Tensor"),
            ARGUMENTS,
            b"N",
        )
    ),
    "torch rebuild type state": whole(
        called(
            "torch._tensor:_rebuild_from_type_v2",
            at("torch._utils:_rebuild_tensor_v2"),
            at("torch:Tensor"),
            ARGUMENTS,
            dict_of(__setstate__=RUN),
        )
    ),
    "torch wrapper": whole(
        called(
            "torch._utils:_rebuild_wrapper_subclass", at("subprocess:Popen"), COMMAND
        )
    ),
    "torch lfb": whole(called("torch.storage:_load_from_bytes", binary(hostile(2)))),
    "torch lfb zip": whole(
        called("torch.storage:_load_from_bytes", binary(torch_zip(hostile(2))))
    ),
    "torch lfb legacy": whole(
        called("torch.storage:_load_from_bytes", binary(torch_legacy(slot=3)))
    ),
    "torch lfb tar": whole(
        called("torch.storage:_load_from_bytes", binary(tarred(torch_tar())))
    ),
    "torch lfb encode": proto(2)
    + call(
        name("torch.storage", "_load_from_bytes"),
        call(
            name("_codecs", "encode"), text(hostile(2).decode("latin1")), text("latin1")
        ),
    )
    + b".",
    "jit outside": whole(
        called("torch.jit._pickle:restore_type_tag", text("x"), text("os.system"))
    ),
    "pyx": whole(
        called(
            "sklearn._cyutility:__pyx_unpickle_Enum",
            at("subprocess:Popen"),
            b"K\x01",
            ARGUMENTS,
        )
    ),
    "pandas new index": whole(
        called(
            "pandas.core.indexes.base:_new_Index",
            at("subprocess:Popen"),
            dict_of(args=COMMAND),
        )
    ),
    "tb": whole(
        built(
            new("sklearn.preprocessing._function_transformer", "FunctionTransformer"),
            dict_of(func=RUN),
        )
    ),
    "tb eval": whole(
        built(
            new("sklearn.preprocessing._function_transformer", "FunctionTransformer"),
            dict_of(func=at("builtins:exec"), kw_args=dict_of(x=COMMAND)),
        )
    ),
    "tb load": whole(
        built(
            new("sklearn.preprocessing._function_transformer", "FunctionTransformer"),
            dict_of(func=at("numpy:load")),
        )
    ),
    "tb readp": whole(
        built(
            new("sklearn.preprocessing._function_transformer", "FunctionTransformer"),
            dict_of(func=at("pandas:read_pickle")),
        )
    ),
    "analyzer": whole(
        built(
            new("sklearn.feature_extraction.text", "CountVectorizer"),
            dict_of(tokenizer=RUN),
        )
    ),
    "imb": whole(built(new("imblearn.base", "FunctionSampler"), dict_of(func=RUN))),
    "hook": whole(
        built(
            new("torch.nn.modules.linear", "Linear"),
            dict_of(_forward_hooks=b"}K\x01" + RUN + b"s"),
        )
    ),
    "joblib memory": whole(
        built(new("joblib.memory", "MemorizedFunc"), dict_of(func=RUN))
    ),
    "graphmodule": whole(
        new(
            "torch.fx.graph_module",
            "GraphModule",
            dict_of(_code=text("import os")),
            COMMAND,
        )
    ),
    "graphmodule reduce": whole(
        called(
            "torch.fx.graph_module:reduce_graph_module",
            dict_of(_code=text("import os\nos.system('true')")),
            COMMAND,
        )
    ),
    "cloud called": whole(
        call(
            called(
                "cloudpickle.cloudpickle:_make_function",
                called("cloudpickle.cloudpickle:_builtin_type", text("CodeType")),
                b"}",
                b"N",
                b"N",
                b"N",
            )
        )
    ),
    "cloud subimport": whole(
        call(
            called(
                "builtins:getattr",
                called("cloudpickle.cloudpickle:subimport", text("os")),
                text("system"),
            ),
            COMMAND,
        )
    ),
    "dill import": whole(
        call(
            called(
                "dill._dill:_get_attr",
                called("dill._dill:_import_module", text("os")),
                text("system"),
            ),
            COMMAND,
        )
    ),
    "dill eval": whole(called("dill._dill:_eval_repr", text("1"))),
    "cloud dynamic": whole(
        called("cloudpickle.cloudpickle:dynamic_subimport", text("m"), dict_of(x=RUN))
    ),
    "dill create fn called": whole(
        call(
            called(
                "dill._dill:_create_function",
                called("dill._dill:_create_code", b"K\x00"),
                b"}",
            )
        )
    ),
    "module build": whole(at("numpy:linalg") + dict_of(solve=RUN) + b"b"),
    "dict import setitem": whole(at("sklearn.base:__dict__") + text("x") + RUN + b"s"),
    "build func": whole(
        at("sklearn.base:clone") + dict_of(__code__=at("os:system")) + b"b"
    ),
    "build func slots": whole(
        at("sklearn.base:clone") + tuple_of(b"N", dict_of(__code__=at("x:y"))) + b"b"
    ),
    "build class slots": whole(
        at("sklearn.svm._classes:SVC") + tuple_of(b"N", dict_of(predict=RUN)) + b"b"
    ),
    "build via getattr": whole(
        called("builtins:getattr", at("sklearn.svm._classes:SVC"), text("predict"))
        + tuple_of(b"N", dict_of(x=RUN))
        + b"b"
    ),
    "str format": whole(
        call(
            called(
                "builtins:getattr",
                text("{0.__class__.__init__.__globals__}"),
                text("format"),
            ),
            new("sklearn.base", "BaseEstimator"),
        )
    ),
    "tfidf": whole(
        called("sklearn.feature_extraction.text:TfidfVectorizer", text("filename"))
    ),
    "getattr os attr": whole(
        called("builtins:getattr", at("numpy:random"), text("os"))
    ),
}
"""What is done with them."""
