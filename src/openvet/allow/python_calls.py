"""Python functions by what they reach: processes, the network, code, files.

Names are as documented for CPython 3.11 and the libraries named; a name ending in a
dot stands for everything below it.
"""

from typing import Final, Literal

Reach = Literal["process", "network", "code", "native", "unpickles", "deletes", ""]

_NAMES: Final[dict[Reach, str]] = {
    "process": """
        os.system os.popen os.execl os.execle os.execlp os.execlpe os.execv os.execve
        os.execvp os.execvpe os.spawnl os.spawnle os.spawnlp os.spawnlpe os.spawnv
        os.spawnve os.spawnvp os.spawnvpe os.posix_spawn os.posix_spawnp os.startfile
        posix.system posix.popen nt.system os.fork os.forkpty pty.spawn pty.fork
        subprocess.run subprocess.call subprocess.check_call subprocess.check_output
        subprocess.Popen subprocess.getoutput subprocess.getstatusoutput
        _posixsubprocess.fork_exec asyncio.create_subprocess_shell commands.getoutput
        asyncio.create_subprocess_exec asyncio.subprocess. popen2. webbrowser.get
        commands. pexpect.spawn pexpect.run plumbum. sh. invoke.run fabric.
        webbrowser.open webbrowser.open_new antigravity.fly pip.main pip._internal.main
        pip._internal.cli.main.main ensurepip.bootstrap timeit.timeit timeit.Timer
        timeit.repeat distutils.spawn.spawn platform.popen pdb.run pdb.runeval pdb.Pdb
        code.interact doctest.debug_script doctest.debug_src psutil.Popen
        numpy.testing.runstring numpy.testing._private.utils.runstring
        setuptools._distutils.spawn.spawn numpy.distutils.exec_command.exec_command
        torch.utils.collect_env.run torch.utils.collect_env.run_and_read_all
        torch.utils.collect_env.run_and_return_first_line cProfile.run profile.run
        win32api.WinExec win32api.ShellExecute win32com.client.Dispatch
        win32process.CreateProcess ctypes.CDLL.system ctypes.CDLL.popen
        ctypes.CDLL.execv ctypes.CDLL.execve ctypes.CDLL.execl ctypes.CDLL.execvp
        ctypes.CDLL.WinExec ctypes.CDLL.ShellExecuteA ctypes.CDLL.ShellExecuteW
        ctypes.CDLL.CreateProcessA ctypes.CDLL.CreateProcessW ctypes.CDLL.posix_spawn
    """,
    "network": """
        socket.socket socket.create_connection socket.getaddrinfo
        socket.gethostbyname urllib.request.urlopen urllib.request.urlretrieve
        urllib.request.Request urllib.request.build_opener urllib2.urlopen
        urllib.urlopen http.client.HTTPConnection http.client.HTTPSConnection
        httplib.HTTPConnection requests.get requests.post requests.put requests.request
        requests.patch requests.delete requests.head requests.Session requests.session
        httpx.get httpx.post httpx.put httpx.request httpx.stream httpx.Client
        httpx.AsyncClient aiohttp.ClientSession aiohttp.request urllib3.PoolManager
        urllib3.request ftplib.FTP smtplib.SMTP smtplib.SMTP_SSL telnetlib.Telnet
        poplib.POP3 imaplib.IMAP4 xmlrpc.client.ServerProxy paramiko.SSHClient
        websocket.create_connection websockets.connect pycurl.Curl wget.download
        dns.resolver.resolve socketserver. http.server.
        torch.hub.download_url_to_file torch.hub.load_state_dict_from_url
        huggingface_hub.HfApi.upload_file huggingface_hub.upload_file
        huggingface_hub.HfApi.upload_folder huggingface_hub.upload_folder
        huggingface_hub.HfApi.create_commit huggingface_hub.create_commit
    """,
    "code": """
        builtins.exec builtins.eval builtins.compile builtins.execfile marshal.loads
        marshal.load types.FunctionType types.CodeType types.LambdaType
        runpy.run_path runpy.run_module runpy._run_code code.InteractiveInterpreter
        code.InteractiveConsole codeop.compile_command imp.load_source
        imp.load_compiled imp.load_module zipimport.zipimporter
        importlib.machinery.SourceFileLoader importlib.util.spec_from_file_location
        importlib.machinery.SourcelessFileLoader bdb.Bdb trace.Trace
        importlib.machinery.ExtensionFileLoader importlib.util.spec_from_loader
        builtins.object.__subclasses__ ctypes.pythonapi.PyRun_SimpleString
        importlib._bootstrap._load numpy.f2py. torch.utils.cpp_extension.load
        torch.utils.cpp_extension.load_inline torch.hub.load cffi.FFI
    """,
    "native": """
        ctypes.CDLL ctypes.cdll. ctypes.windll. ctypes.WinDLL ctypes.PyDLL
        ctypes.pythonapi. ctypes.CFUNCTYPE ctypes.memmove ctypes.cast mmap.mmap
        torch.ops.load_library torch.classes.load_library tensorflow.load_op_library
    """,
    "unpickles": """
        pickle.load pickle.loads pickle.Unpickler _pickle.load _pickle.loads
        cPickle.load cPickle.loads dill.load dill.loads cloudpickle.load
        cloudpickle.loads joblib.load shelve.open jsonpickle.decode pandas.read_pickle
        yaml.unsafe_load yaml.full_load torch.load
    """,
    "deletes": """
        shutil.rmtree os.remove os.unlink os.rmdir os.removedirs shutil.move
        os.chmod os.chown os.kill os.killpg os.setuid os.symlink winreg.SetValue
        winreg.SetValueEx winreg.DeleteKey
    """,
}
_EXACT: Final[dict[str, Reach]] = {
    name: reach
    for reach, text in _NAMES.items()
    for name in text.split()
    if not name.endswith(".")
}
_BELOW: Final[tuple[tuple[str, Reach], ...]] = tuple(
    (name, reach)
    for reach, text in _NAMES.items()
    for name in text.split()
    if name.endswith(".")
)
HOLDERS: Final = frozenset(
    {"os", "posix", "nt", "subprocess", "builtins", "sys", "socket", "pty", "ctypes",
     "importlib", "runpy", "marshal", "pickle"}
)  # fmt: skip
"""Modules out of which a hidden name is taken for a reason."""
CARRIED: Final = HOLDERS | {"shutil"}
"""Modules that others import, and so carry as an attribute: `torch.os.system`."""
_SYSTEMS: Final = frozenset({"posix", "nt"})
_LAST: Final = frozenset(
    name.rpartition(".")[2] for name, reach in _EXACT.items() if reach == "process"
) | {"exec"}


def may_start(last: str) -> bool:
    """Say whether the last part of a name is that of a call that starts a process."""
    return last in _LAST


def reach_of(name: str) -> Reach:
    """Return what a call reaches by its resolved name; empty for all else."""
    module, _, last = name.partition(".")
    if module in _SYSTEMS:  # what `os` passes on
        name = f"os.{last}"
    known = _EXACT.get(name)
    if known is not None:
        return known
    for prefix, reach in _BELOW:
        if name.startswith(prefix):
            return reach
    return ""
