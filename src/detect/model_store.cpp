#include "detect/model_store.hpp"

#include <sodium.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <system_error>

namespace chairside {
namespace fs = std::filesystem;
namespace {

constexpr const char* kModelFile = "model.pb";

// From the program's folder and the working folder upwards, then the tree this was built from.
std::vector<fs::path> roots() {
    std::vector<fs::path> found;
    std::error_code ignored;
    const auto climb = [&](fs::path folder) {
        constexpr int kLevels = 4;  // build/apps/chairside/chairside
        for (int i = 0; i < kLevels && !folder.empty(); ++i) {
            if (fs::exists(folder / "models/manifest.json", ignored)) found.push_back(folder);
            if (folder == folder.root_path()) break;
            folder = folder.parent_path();
        }
    };
    const fs::path program = fs::read_symlink("/proc/self/exe", ignored);
    if (!ignored) climb(program.parent_path());
    climb(fs::current_path(ignored));
    found.emplace_back(CHAIRSIDE_BUILT_FROM);
    found.emplace_back("/usr/share/chairside");
    return found;
}

std::string text_of(const nlohmann::json& object, const char* key) {
    const auto found = object.find(key);
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

// Returns what is wrong, or an empty text.
std::string read_entry(const nlohmann::json& model, ModelEntry& entry) {
    if (!model.is_object()) return "expected an object";
    entry.name = text_of(model, "name");
    entry.title = text_of(model, "title");
    entry.licence = text_of(model, "licence");
    entry.decoder = text_of(model, "decoder");
    entry.notes = text_of(model, "notes");
    entry.sha256 = text_of(model, "sha256");
    if (const auto package = model.find("package"); package != model.end() && package->is_object()) {
        entry.registry = text_of(*package, "registry");
        entry.package = text_of(*package, "name");
        entry.version = text_of(*package, "version");
    }
    if (const auto input = model.find("input"); input != model.end() && input->is_array() &&
                                                input->size() == 2 && (*input)[0].is_number_integer() &&
                                                (*input)[1].is_number_integer()) {
        entry.input_width = (*input)[0].get<int>();
        entry.input_height = (*input)[1].get<int>();
    }
    if (const auto person = model.find("person_class"); person != model.end() && person->is_number_integer())
        entry.person_class = person->get<int>();
    if (entry.name.empty()) return "'name' is missing";
    if (entry.sha256.size() != 64) return "'sha256' must be 64 hex digits";
    if (entry.package.empty() || entry.version.empty()) return "'package' needs registry, name and version";
    return {};
}

Result<std::string> read_text(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    if (!in) return fail(ErrorKind::kNotFound, file.string() + ": " + std::strerror(errno));
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
}

// Waits for it to end.
Result<void> run_program(std::vector<std::string> words) {
    std::vector<char*> arguments;
    arguments.reserve(words.size() + 1);
    for (auto& word : words)
        arguments.push_back(word.data());
    arguments.push_back(nullptr);
    pid_t child = 0;
    if (const int error = posix_spawnp(&child, arguments[0], nullptr, nullptr, arguments.data(), environ);
        error != 0) {
        return fail(ErrorKind::kNotFound, words[0] + ": " + std::strerror(error));
    }
    int status = 0;
    while (waitpid(child, &status, 0) < 0) {
        if (errno != EINTR)
            return fail(ErrorKind::kIo, std::string("waiting for ") + words[0] + ": " + std::strerror(errno));
    }
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return {};
    return fail(ErrorKind::kUnavailable, "fetching the models failed; the lines above say why");
}

}  // namespace

Result<std::vector<ModelEntry>> parse_manifest(const std::string& json, const std::string& name) {
    const auto document = nlohmann::json::parse(json, nullptr, false);
    if (document.is_discarded()) return fail(ErrorKind::kInvalid, name + ": not valid JSON");
    if (!document.is_object() || !document.contains("models") || !document["models"].is_array()) {
        return fail(ErrorKind::kInvalid, name + ": expected an object with a list 'models'");
    }
    std::vector<ModelEntry> entries;
    for (const auto& model : document["models"]) {
        ModelEntry entry;
        if (const auto fault = read_entry(model, entry); !fault.empty()) {
            std::string message = name + ": models[";
            message += std::to_string(entries.size()) + "]: " + fault;
            return fail(ErrorKind::kInvalid, message);
        }
        entries.push_back(std::move(entry));
    }
    return entries;
}

Result<ModelStore> ModelStore::open(const fs::path& models_dir) {
    ModelStore store;
    const auto places = roots();
    if (!models_dir.empty()) store.folders_.push_back(models_dir);
    if (const char* folder = std::getenv("CHAIRSIDE_MODELS"); folder && *folder)
        store.folders_.emplace_back(folder);
    for (const auto& root : places)
        store.folders_.push_back(root / ".deps/models");
    store.folders_.emplace_back("/var/lib/chairside/models");
    store.folders_.emplace_back("/usr/share/chairside/models");
    for (const auto& root : places) {
        std::error_code ignored;
        const fs::path manifest = root / "models/manifest.json";
        if (!fs::exists(manifest, ignored)) continue;
        auto text = read_text(manifest);
        if (!text) return tl::unexpected(text.error());
        auto entries = parse_manifest(*text, manifest.string());
        if (!entries) return tl::unexpected(entries.error());
        store.entries_ = std::move(*entries);
        store.manifest_ = manifest;
        return store;
    }
    return fail(ErrorKind::kNotFound, "models/manifest.json was not found beside the program");
}

std::vector<ModelStatus> ModelStore::list() const {
    std::vector<ModelStatus> all;
    for (const auto& entry : entries_) {
        ModelStatus status{entry, folders_.front() / entry.name / kModelFile, false, false};
        for (const auto& folder : folders_) {
            std::error_code ignored;
            if (!fs::is_regular_file(folder / entry.name / kModelFile, ignored)) continue;
            status.file = folder / entry.name / kModelFile;
            status.present = true;
            const auto hash = file_sha256(status.file);
            status.hash_ok = hash && *hash == entry.sha256;
            break;
        }
        all.push_back(std::move(status));
    }
    return all;
}

Result<FoundModel> ModelStore::find(const std::string& name_or_path) const {
    std::error_code ignored;
    for (const auto& entry : entries_) {
        if (entry.name != name_or_path) continue;
        for (const auto& folder : folders_) {
            const fs::path file = folder / entry.name / kModelFile;
            if (fs::is_regular_file(file, ignored)) return FoundModel{file, entry};
        }
        return fail(ErrorKind::kNotFound, "model '" + entry.name +
                                              "' is not here yet; `chairside models fetch " + entry.name +
                                              "` gets it");
    }
    if (fs::exists(name_or_path, ignored)) return FoundModel{name_or_path, std::nullopt};
    std::string names;
    for (const auto& entry : entries_)
        names += (names.empty() ? "" : ", ") + entry.name;
    return fail(ErrorKind::kNotFound,
                "model '" + name_or_path + "': no such file, and no such name; names are " + names);
}

Result<std::string> file_sha256(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    if (!in) return fail(ErrorKind::kNotFound, file.string() + ": " + std::strerror(errno));
    crypto_hash_sha256_state state;
    crypto_hash_sha256_init(&state);
    std::array<char, 1 << 15> chunk;
    while (in.read(chunk.data(), chunk.size()), in.gcount() > 0) {
        crypto_hash_sha256_update(&state, reinterpret_cast<const unsigned char*>(chunk.data()),
                                  static_cast<unsigned long long>(in.gcount()));
    }
    if (in.bad()) return fail(ErrorKind::kIo, file.string() + ": cannot be read");
    std::array<unsigned char, crypto_hash_sha256_BYTES> hash;
    crypto_hash_sha256_final(&state, hash.data());
    std::array<char, crypto_hash_sha256_BYTES * 2 + 1> hex;
    sodium_bin2hex(hex.data(), hex.size(), hash.data(), hash.size());
    return std::string(hex.data());
}

Result<void> fetch_models(const ModelStore& store, const std::vector<std::string>& names) {
    const fs::path root = store.manifest().parent_path().parent_path();
    const fs::path script = root / "tools/fetch_models.py", python = root / ".deps/venv/bin/python";
    std::error_code ignored;
    if (!fs::exists(script, ignored)) {
        return fail(ErrorKind::kNotFound, script.string() + " is not there; copy the models into " +
                                              store.folders().front().string());
    }
    std::vector<std::string> words{fs::exists(python, ignored) ? python.string() : "python3", script.string(),
                                   "--into", store.folders().front().string()};
    words.insert(words.end(), names.begin(), names.end());
    return run_program(std::move(words));
}

}  // namespace chairside
