#pragma once
// The models that are known by name: models/manifest.json says where each comes from; their files are
// fetched, never shipped. Used by the detector and by `chairside models list | fetch | test`.

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "config/config.hpp"

namespace chairside {

struct ModelEntry {
    std::string name, title, licence;
    std::string registry, package, version;  // "npm" or "pypi"
    std::string sha256;                      // of the model file, lower-case hex
    int input_width = 0, input_height = 0;   // pixels
    std::string decoder;                     // as DetectorConfig::decoder
    int person_class = -1;
    std::string notes;
};

struct ModelStatus {
    ModelEntry entry;
    std::filesystem::path file;  // where it is, or would be fetched to
    bool present = false;
    bool hash_ok = false;  // only looked at if present
};

struct FoundModel {
    std::filesystem::path file;
    std::optional<ModelEntry> entry;  // for models found by name
};

// Places: the configured folder, then $CHAIRSIDE_MODELS, then .deps/models of the tree that the program was
// built in or runs from, then /var/lib/chairside/models and /usr/share/chairside/models.
class ModelStore {
  public:
    // Reads the manifest. `models_dir` as DetectorConfig::models_dir.
    static Result<ModelStore> open(const std::filesystem::path& models_dir = {});

    std::vector<ModelStatus> list() const;
    // By name of the manifest, or by path of a file. kNotFound says how to get it and which names there are.
    Result<FoundModel> find(const std::string& name_or_path) const;
    const std::vector<ModelEntry>& entries() const { return entries_; }
    const std::vector<std::filesystem::path>& folders() const { return folders_; }
    const std::filesystem::path& manifest() const { return manifest_; }

  private:
    std::filesystem::path manifest_;
    std::vector<std::filesystem::path> folders_;
    std::vector<ModelEntry> entries_;
};

// For tests: a manifest's text. Errors name the member.
Result<std::vector<ModelEntry>> parse_manifest(const std::string& json, const std::string& name);

// SHA-256 of a file as lower-case hex.
Result<std::string> file_sha256(const std::filesystem::path& file);

// Runs tools/fetch_models.py, whose lines go to this process's stdout and stderr. Empty `names`: all.
Result<void> fetch_models(const ModelStore& store, const std::vector<std::string>& names);

struct ModelTest {
    double load_s = 0;      // from the file to ready
    double latency_ms = 0;  // of one picture alone, median
    double fps = 0;         // pictures per second with all requests busy
    std::string device, decoder;
    int input_width = 0, input_height = 0, requests = 0;
};
Result<ModelTest> test_model(const DetectorConfig& config, Duration duration = std::chrono::seconds(3));

}  // namespace chairside
