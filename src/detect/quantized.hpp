#pragma once
// A model's INT8 version that tools/quantize made on this machine, and whether it is worth using. Pure but for reading files.
//
// It lies beside the model's own folder, NAME-int8/, with quantized.json:
//   {"of_sha256", "cpu", "ap_before", "ap_after", "fps_before", "fps_after"}

#include <filesystem>
#include <string>

#include "base/result.hpp"

namespace chairside {

struct Quantized {
    std::string of_sha256;                 // of the model that it was made of
    std::string cpu;                       // where it was measured
    double ap_before = 0, ap_after = 0;    // average precision at IoU 0.5, 0..1
    double fps_before = 0, fps_after = 0;  // inferences a second
};

// Errors name the member.
Result<Quantized> parse_quantized(const std::string& json, const std::string& name);

inline constexpr double kMostApLost = 0.01;    // part of ap_before
inline constexpr double kLeastSpeedUp = 1.05;  // times: less is not worth another model

// Empty: use it. Else why not, in words.
std::string why_not(const Quantized& found, const std::string& model_sha256, const std::string& cpu);

// The version of the model in this file that is worth using, and what it gains in words; kNotFound if there is none or
// it is not worth it (the message says which).
struct BetterModel {
    std::filesystem::path file;
    std::string words;
};
Result<BetterModel> quantized_version(const std::filesystem::path& model, const std::string& name);

// "Intel(R) N100"; empty where the system does not say.
std::string cpu_name();

}  // namespace chairside
