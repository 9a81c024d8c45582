#pragma once
// Decoding by a graphics chip (VAAPI), where there is one. Whatever does not work there is left to the CPU, with one line in
// the log per process.

#include <string>

#include "capture/ffmpeg/av.hpp"
#include "config/config.hpp"

namespace chairside::av {

// Gives the decoder, not opened yet, the chip if that is wanted and possible. FFmpeg then takes it for streams that it can
// decode, and the CPU for the others.
void attach_hardware(AVCodecContext& codec, DecodeOn on);

// A picture that lies in the chip's memory is copied into ours; others stay as they are. 0 or FFmpeg's error.
int fetch_from_hardware(AVFrame& frame);

// Once per process: why the CPU decodes what was meant for the chip.
void tell_of_hardware(const std::string& why);

}  // namespace chairside::av
