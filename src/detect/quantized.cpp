#include "detect/quantized.hpp"

#include <cstdio>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "detect/model_store.hpp"

namespace chairside {
namespace {

std::string as_text(double value, const char* format) {
    char text[32];
    std::snprintf(text, sizeof text, format, value);
    return text;
}

}  // namespace

Result<Quantized> parse_quantized(const std::string& text, const std::string& name) {
    try {
        const auto json = nlohmann::json::parse(text);
        Quantized out;
        out.of_sha256 = json.at("of_sha256").get<std::string>();
        out.cpu = json.at("cpu").get<std::string>();
        out.ap_before = json.at("ap_before").get<double>();
        out.ap_after = json.at("ap_after").get<double>();
        out.fps_before = json.at("fps_before").get<double>();
        out.fps_after = json.at("fps_after").get<double>();
        return out;
    } catch (const nlohmann::json::exception& e) {
        return fail(ErrorKind::kInvalid, name + ": " + e.what());
    }
}

std::string why_not(const Quantized& q, const std::string& model_sha256, const std::string& cpu) {
    if (q.of_sha256 != model_sha256) return "it was made of another version of the model";
    if (q.cpu != cpu || cpu.empty()) return "it was measured on another computer";
    if (!(q.ap_before > 0 && q.ap_after > q.ap_before * (1 - kMostApLost)))
        return "its average precision is " + as_text(q.ap_after, "%.3f") + " instead of " +
               as_text(q.ap_before, "%.3f");
    if (!(q.fps_before > 0 && q.fps_after >= q.fps_before * kLeastSpeedUp))
        return "it is not faster on this computer";
    return {};
}

std::string cpu_name() {
    std::ifstream file("/proc/cpuinfo");
    for (std::string line; std::getline(file, line);) {
        if (line.rfind("model name", 0) != 0) continue;
        const auto colon = line.find(": ");
        return colon == std::string::npos ? std::string() : line.substr(colon + 2);
    }
    return {};
}

Result<BetterModel> quantized_version(const std::filesystem::path& model, const std::string& name) {
    const auto folder = model.parent_path().parent_path() / (name + "-int8");
    const auto notes = folder / "quantized.json";
    std::ifstream file(notes);
    if (!file) return fail(ErrorKind::kNotFound, name + " has no INT8 version (tools/quantize makes one)");
    const std::string text((std::istreambuf_iterator<char>(file)), {});
    const auto found = parse_quantized(text, notes.string());
    if (!found) return tl::unexpected(found.error());
    const auto hash = file_sha256(model);
    if (!hash) return tl::unexpected(hash.error());
    if (const auto why = why_not(*found, *hash, cpu_name()); !why.empty())
        return fail(ErrorKind::kNotFound, "the INT8 version of " + name + " is not used: " + why);
    return BetterModel{folder / "model.xml", as_text(found->fps_after / found->fps_before, "%.2f") +
                                                 " times as fast here, average precision " +
                                                 as_text(found->ap_before, "%.3f") + " before and " +
                                                 as_text(found->ap_after, "%.3f") + " after"};
}

}  // namespace chairside
