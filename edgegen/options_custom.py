"""What the custom operators of TensorFlow Lite Micro are told, decoded from their flexbuffers."""

from __future__ import annotations

from dataclasses import dataclass

from edgegen.ir import Options


@dataclass(frozen=True, slots=True)
class CircularBufferOptions(Options):
    """CIRCULAR_BUFFER. None where the model leaves the period to the operator."""

    cycles_max: int | None = None


@dataclass(frozen=True, slots=True)
class DetectionPostProcessOptions(Options):
    """TFLite_Detection_PostProcess."""

    max_detections: int
    max_classes_per_detection: int
    nms_score_threshold: float
    nms_iou_threshold: float
    num_classes: int
    y_scale: float
    x_scale: float
    h_scale: float
    w_scale: float
    detections_per_class: int = 100
    use_regular_nms: bool = False


@dataclass(frozen=True, slots=True)
class EthosUOptions(Options):
    """ethos-u: a command stream for an NPU, which edgegen can't compile."""


@dataclass(frozen=True, slots=True)
class SignalDelayOptions(Options):
    """SignalDelay."""

    delay_length: int


@dataclass(frozen=True, slots=True)
class SignalEnergyOptions(Options):
    """SignalEnergy. The half-open range of the spectrum's bins that count."""

    start_index: int
    end_index: int


@dataclass(frozen=True, slots=True)
class SignalFftOptions(Options):
    """SignalRfft, SignalIrfft."""

    fft_length: int


@dataclass(frozen=True, slots=True)
class SignalFilterBankOptions(Options):
    """SignalFilterBank."""

    num_channels: int


@dataclass(frozen=True, slots=True)
class SignalFilterBankLogOptions(Options):
    """SignalFilterBankLog."""

    input_correction_bits: int
    output_scale: int


@dataclass(frozen=True, slots=True)
class SignalFilterBankSpectralSubtractionOptions(Options):
    """SignalFilterBankSpectralSubtraction."""

    alternate_one_minus_smoothing: int
    alternate_smoothing: int
    clamping: bool
    min_signal_remaining: int
    num_channels: int
    one_minus_smoothing: int
    smoothing: int
    smoothing_bits: int
    spectral_subtraction_bits: int


@dataclass(frozen=True, slots=True)
class SignalFramerOptions(Options):
    """SignalFramer."""

    frame_size: int
    frame_step: int
    prefill: bool


@dataclass(frozen=True, slots=True)
class SignalOverlapAddOptions(Options):
    """SignalOverlapAdd."""

    frame_step: int


@dataclass(frozen=True, slots=True)
class SignalPcanOptions(Options):
    """SignalPCAN."""

    snr_shift: int


@dataclass(frozen=True, slots=True)
class SignalStackerOptions(Options):
    """SignalStacker."""

    num_channels: int
    stacker_left_context: int
    stacker_right_context: int
    stacker_step: int


@dataclass(frozen=True, slots=True)
class SignalWindowOptions(Options):
    """SignalWindow."""

    shift: int
