#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>
#include <vector>

#include "commands.hpp"
#include "common.hpp"
#include "detect/model_store.hpp"

namespace chairside {
namespace {

struct ModelFlags {
    std::vector<std::string> names;
    std::string models_dir, device = "CPU";
    int threads = 0;
    double seconds = 3;
};

const char* presence(const ModelStatus& s) {
    return !s.present ? "not fetched" : s.hash_ok ? "here" : "here, WRONG HASH";
}

int list_models(const ModelFlags& flags) {
    const auto store = ModelStore::open(flags.models_dir);
    if (!store) return complain(store.error(), kExitFailed);
    for (const auto& s : store->list()) {
        std::printf(
            "%s  (%s)\n  %s\n  licence   %s\n  from      %s package %s %s\n  sha256    %s\n  input     "
            "%dx%d, decoder %s\n  file      %s\n",
            s.entry.name.c_str(), presence(s), s.entry.title.c_str(), s.entry.licence.c_str(),
            s.entry.registry.c_str(), s.entry.package.c_str(), s.entry.version.c_str(),
            s.entry.sha256.c_str(), s.entry.input_width, s.entry.input_height, s.entry.decoder.c_str(),
            s.file.c_str());
    }
    return kExitOk;
}

int fetch(const ModelFlags& flags) {
    const auto store = ModelStore::open(flags.models_dir);
    if (!store) return complain(store.error(), kExitFailed);
    const auto fetched = fetch_models(*store, flags.names);
    return fetched ? kExitOk : complain(fetched.error(), kExitFailed);
}

int test(const ModelFlags& flags) {
    const auto store = ModelStore::open(flags.models_dir);
    if (!store) return complain(store.error(), kExitFailed);
    auto names = flags.names;
    if (names.empty()) {
        for (const auto& s : store->list()) {
            if (s.present) names.push_back(s.entry.name);
        }
    }
    if (names.empty())
        return complain({ErrorKind::kNotFound, "no model is here yet; 'chairside models fetch' gets them"},
                        kExitFailed);
    std::printf("%-32s %-8s %10s %12s %10s  %s\n", "model", "device", "load s", "latency ms", "pictures/s",
                "input, decoder");
    for (const auto& name : names) {
        DetectorConfig config;
        config.model = name;
        config.models_dir = flags.models_dir;
        config.device = flags.device;
        config.threads = flags.threads;
        const auto t = test_model(config, from_seconds(flags.seconds));
        if (!t) return complain(t.error(), kExitFailed);
        std::printf("%-32s %-8s %10.2f %12.1f %10.1f  %dx%d, %s\n", name.c_str(), t->device.c_str(),
                    t->load_s, t->latency_ms, t->fps, t->input_width, t->input_height, t->decoder.c_str());
    }
    return kExitOk;
}

}  // namespace

void add_models(CLI::App& app, Action& action) {
    auto* cmd = app.add_subcommand("models", "The detection models: list, fetch, test");
    cmd->require_subcommand(1);
    auto flags = std::make_shared<ModelFlags>();
    auto* list = cmd->add_subcommand(
        "list", "Which models are known, their licence and hash, and whether they are here");
    auto* get =
        cmd->add_subcommand("fetch", "Get models from their package registries; all when none is named");
    auto* measure = cmd->add_subcommand("test", "Load models and measure them on this machine");
    for (auto* sub : {list, get, measure})
        sub->add_option("--models-dir", flags->models_dir, "Where fetched models lie");
    get->add_option("names", flags->names, "Names of 'models list'");
    measure->add_option("names", flags->names, "Names of 'models list', or model files");
    measure->add_option("--device", flags->device, "CPU, GPU, NPU or AUTO");
    measure->add_option("--threads", flags->threads, "Inference threads; 0: all cores")
        ->check(CLI::Range(0, 256));
    measure->add_option("--seconds", flags->seconds, "How long to measure")->check(CLI::Range(0.5, 600.0));
    list->callback([=, &action] { action = [=] { return list_models(*flags); }; });
    get->callback([=, &action] { action = [=] { return fetch(*flags); }; });
    measure->callback([=, &action] { action = [=] { return test(*flags); }; });
}

}  // namespace chairside
