"""Kernels compiled ahead of time, on a machine without a GPU, and what they take of it."""

import re
import subprocess
import tempfile
from pathlib import Path

import triton
from triton.backends.compiler import GPUTarget
from triton.compiler import ASTSource, CompiledKernel

# What a runtime argument's type may be: `i32d` is an integer that 16 divides, as Triton finds at a launch.
DIVISIBLE = "i32d"
# Bytes of shared memory that a block can have (CUDA C++ programming guide, compute capabilities 8.0 and 9.0).
SHARED = {80: 163 * 1024, 90: 227 * 1024}


def compile_kernel(
    kernel: triton.JITFunction, types: str, constants: dict[str, object], architecture: int
) -> CompiledKernel:
    """Machine code for `sm_<architecture>`.

    Args:
        kernel: what to compile.
        types: the types of its runtime arguments; pointers are taken to be aligned to 16 bytes.
        constants: its compile-time arguments, and `num_warps` and `num_stages`.
        architecture: 80 or 90.
    """
    options = {name: constants[name] for name in ("num_warps", "num_stages") if name in constants}
    constants = {name: value for name, value in constants.items() if name not in options}
    names, runtime = [parameter.name for parameter in kernel.params], types.split()
    assert sorted(names[len(runtime) :]) == sorted(constants), (names[len(runtime) :], list(constants))
    signature = {name: kind.removesuffix("d") for name, kind in zip(names, runtime, strict=False)}
    aligned = {
        (i,): [["tt.divisibility", 16]] for i, kind in enumerate(runtime) if kind.startswith("*") or kind == DIVISIBLE
    }
    values = {(names.index(name),): value for name, value in constants.items()}
    source = ASTSource(kernel, signature | dict.fromkeys(constants, "constexpr"), values, aligned)
    return triton.compile(source, target=GPUTarget("cuda", architecture, 32), options=options)


def resources(compiled: CompiledKernel, architecture: int) -> dict[str, int]:
    """Registers a thread, bytes that a thread spills and fills again, and bytes of shared memory a block."""
    tools = Path(triton.__file__).parent / "backends/nvidia/bin"
    with tempfile.TemporaryDirectory() as folder:
        ptx = Path(folder) / "kernel.ptx"
        ptx.write_text(compiled.asm["ptx"])
        for tool in ("ptxas", "ptxas-blackwell"):  # triton 3.9 assembles for sm_90 with the second
            target = re.search(r"\.target (\w+)", compiled.asm["ptx"])
            assert target is not None
            assert target[1].startswith(f"sm_{architecture}")
            command = [tools / tool, "-v", "--gpu-name", target[1], ptx, "-o", ptx.with_suffix(".cubin")]
            said = subprocess.run(command, capture_output=True, text=True).stderr
            if "Unsupported .version" not in said:
                break
    registers = re.search(r"Used (\d+) registers", said)
    spills = re.search(r"(\d+) bytes spill stores, (\d+) bytes spill loads", said)
    assert registers is not None, said
    assert spills is not None, said
    shared = compiled.metadata.shared
    assert shared <= SHARED[architecture], f"{shared} bytes of shared memory: the kernel could not be launched"
    return {"registers": int(registers[1]), "spilled": int(spills[1]) + int(spills[2]), "shared": shared}


def assert_within(budget: dict[str, dict[str, int]], case: str, taken: dict[str, int]):
    """What a kernel takes is no more than its budget, which is filled where there is none."""
    allowed = budget.setdefault(case, taken)
    assert all(taken[name] <= allowed[name] for name in allowed), f"{case}: takes {taken}, may take {allowed}"
