"""bf16 where the hardware multiplies in it."""

import torch


def native_bf16(device: torch.device) -> bool:
    """Whether the device multiplies bf16 matrices in hardware."""
    if device.type == "cuda":
        return torch.cuda.is_bf16_supported(including_emulation=False)
    return device.type == "cpu" and bool(torch.ops.mkldnn._is_mkldnn_bf16_supported())


def mixed_precision(device: torch.device) -> torch.autocast:
    """Autocast to bf16 on such a device, nothing elsewhere."""
    return torch.autocast(device.type, torch.bfloat16, enabled=native_bf16(device))
