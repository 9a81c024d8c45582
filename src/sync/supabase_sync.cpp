#include "sync/supabase_sync.hpp"

#include <atomic>
#include <condition_variable>
#include <fstream>
#include <mutex>
#include <nlohmann/json.hpp>
#include <sstream>
#include <thread>

#include "base/log.hpp"
#include "base/pulse.hpp"
#include "sync/curl_transport.hpp"
#include "sync/sync_engine.hpp"

namespace chairside {
namespace {

constexpr char kTokens[] = "supabase.session";
constexpr Duration kErrandsEvery = std::chrono::seconds(1);
// Each request has its own time-outs; a step makes a few of them.
constexpr Duration kPatience = std::chrono::minutes(10);

std::uint64_t seed() {
    std::random_device device;
    return (std::uint64_t{device()} << 32) | device();
}

}  // namespace

TokenKeeper keep_in(Store& store) {
    return {[&store]() -> std::optional<std::string> {
                auto kept = store.value(kTokens);
                return kept ? std::optional(std::move(*kept)) : std::nullopt;
            },
            [&store](const std::string& text) { return store.set_value(kTokens, text); }};
}

class SupabaseSync::Impl {
  public:
    Impl(Store& store, const Clock& clock, SyncOptions options, std::function<DeviceStatus()> status)
        : store_(store),
          options_(std::move(options)),
          random_(seed()),
          transport_(make_curl_transport(options_.access.url, &stopping_)),
          client_(options_.access, *transport_, keep_in(store), clock, random_),
          engine_(store, client_, clock, random_, {options_.heartbeat_interval}, std::move(status)) {
        if (const auto done = store_.make_private(); !done) log_warning("", done.error().message);
        thread_ = std::thread([this] { run(); });
    }

    ~Impl() { stop(); }

    void stop() {
        {
            const std::lock_guard lock(mutex_);
            stopping_ = true;
        }
        wake_.notify_all();
        if (thread_.joinable()) thread_.join();
    }

    SyncState state() const { return engine_.state(); }

  private:
    void run() {
        name_thread("sync");
        const auto longest = std::max<std::int64_t>(0, options_.start_delay.count());
        if (pause(Duration(std::uniform_int_distribution<std::int64_t>(0, longest)(random_)))) return;
        for (Duration wait(0); !stopping_;) {
            {
                const Pulse::Step step(pulse_);
                wait = engine_.step();
            }
            if (wait > Duration(0) && pause(wait)) return;
        }
    }

    // True: stop. Ends early for an errand.
    bool pause(Duration time) {
        while (time > Duration(0)) {
            if (run_errands()) return false;
            const Duration part = std::min(time, kErrandsEvery);
            std::unique_lock lock(mutex_);
            if (wake_.wait_for(lock, part, [this] { return stopping_.load(); })) return true;
            time -= part;
        }
        return stopping_;
    }

    bool run_errands() {
        if (options_.errands.empty()) return false;
        const auto errand = take_errand(options_.errands);
        if (!errand) return false;
        if (errand->retry) {
            const auto revived = store_.revive(*errand->retry);
            if (revived)
                log_info("", "dead letters are sent again", {{"rows", std::to_string(*revived)}});
            else
                log_error("", "dead letters cannot be sent again", {{"why", revived.error().message}});
        }
        engine_.now();
        return true;
    }

    Store& store_;
    const SyncOptions options_;
    Random random_;
    std::atomic<bool> stopping_ = false;
    const std::unique_ptr<Transport> transport_;
    SupabaseClient client_;
    SyncEngine engine_;
    std::mutex mutex_;  // of wake_
    std::condition_variable wake_;
    Pulse pulse_{"sending to the central store", kPatience};
    std::thread thread_;
};

SupabaseSync::SupabaseSync(Store& store, const Clock& clock, SyncOptions options,
                           std::function<DeviceStatus()> status)
    : impl_(std::make_unique<Impl>(store, clock, std::move(options), std::move(status))) {}
SupabaseSync::~SupabaseSync() = default;
void SupabaseSync::stop() {
    impl_->stop();
}
SyncState SupabaseSync::state() const {
    return impl_->state();
}

// ---- Errands

std::filesystem::path errands_of(const std::filesystem::path& store) {
    return store.string() + ".errand";
}

Result<void> leave_errand(const std::filesystem::path& file, const Errand& errand) {
    nlohmann::json json{{"now", errand.now}};
    if (errand.retry) json["retry"] = *errand.retry;
    // Whole or not at all.
    const std::filesystem::path part = file.string() + ".part";
    {
        std::ofstream out(part, std::ios::trunc);
        out << json.dump();
        if (!out.flush()) return fail(ErrorKind::kIo, part.string() + ": cannot be written");
    }
    std::error_code error;
    std::filesystem::rename(part, file, error);
    if (error) return fail(ErrorKind::kIo, file.string() + ": " + error.message());
    return {};
}

std::optional<Errand> take_errand(const std::filesystem::path& file) {
    std::ifstream in(file);
    if (!in) return std::nullopt;
    std::ostringstream text;
    text << in.rdbuf();
    std::error_code ignored;
    std::filesystem::remove(file, ignored);
    const auto json = nlohmann::json::parse(text.str(), nullptr, false);
    if (!json.is_object()) return std::nullopt;
    Errand out;
    if (const auto now = json.find("now"); now != json.end()) out.now = now->is_boolean() && now->get<bool>();
    if (const auto retry = json.find("retry"); retry != json.end() && retry->is_array()) {
        out.retry.emplace();
        for (const auto& sequence : *retry)
            if (sequence.is_number_integer()) out.retry->push_back(sequence.get<std::int64_t>());
        // Numbers that are none must not turn into "all".
        if (out.retry->empty() && !retry->empty()) out.retry.reset();
    }
    return out;
}

// ---- In the foreground

Result<void> send_all(Store& store, const Clock& clock, const SupabaseAccess& access,
                      const std::function<bool(const SyncState&, std::int64_t)>& progress) {
    if (const auto done = store.make_private(); !done) return done;
    std::atomic<bool> stop = false;
    Random random(seed());
    const auto transport = make_curl_transport(access.url, &stop);
    SupabaseClient client(access, *transport, keep_in(store), clock, random);
    SyncEngine engine(store, client, clock, random, {}, nullptr);
    for (;;) {
        const Duration wait = engine.step();
        const SyncState state = engine.state();
        const auto queue = store.outbox_state();
        if (!queue) return tl::unexpected(queue.error());
        if (!progress(state, queue->queued)) return fail(ErrorKind::kCancelled, "stopped");
        if (wait == Duration(0)) continue;
        const auto gaps = store.unsent_gaps(1);
        if (queue->queued == 0 && gaps && gaps->empty()) return {};
        return fail(ErrorKind::kUnavailable,
                    state.last_error.empty() ? "not everything was taken" : state.last_error);
    }
}

}  // namespace chairside
