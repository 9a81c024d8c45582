#include "serve/dashboard.hpp"

#include <atomic>
#include <cstdio>
#include <mutex>

#include "base/log.hpp"
#include "serve/access.hpp"
#include "serve/api.hpp"
#include "serve/dashboard_broadcaster.hpp"
#include "serve/dashboard_updater.hpp"
#include "serve/live_view.hpp"
#include "serve/pages.hpp"

namespace chairside {
namespace {

using Listen = DashboardConfig::Listen;
// Boxes go out ten times a second; where more than a hundred watch them, less often, so that a camera sends a thousand messages a
// second at most: watching must not slow what is watched. Only the newest counts, so nothing is lost by it.
constexpr Duration kTracksEvery = std::chrono::milliseconds(95),
                   kTracksPerReader = std::chrono::milliseconds(1);

Json tracks_json(const std::string& camera, const Tracks& tracks) {
    const double width = tracks.frame.width, height = tracks.frame.height;
    Json people = Json::array();
    for (const Track& track : tracks.people) {
        const Box& b = track.box;
        const Point foot = b.foot();
        people.push_back(
            {{"id", track.id.value},
             {"box",
              {to_milli(b.x / width), to_milli(b.y / height), to_milli(b.w / width), to_milli(b.h / height)}},
             {"foot", {to_milli(foot.x / width), to_milli(foot.y / height)}},
             {"score", to_milli(track.score)},
             {"coasted", track.coasted}});
    }
    return {{"camera", camera},
            {"time", format_utc(tracks.frame.wall)},
            {"width", tracks.frame.width},
            {"height", tracks.frame.height},
            {"people", std::move(people)}};
}

std::string random_epoch() {
    const std::string id = make_random_id_source()->next(SystemClock().wall_now()).to_string();
    return id.substr(id.size() - 12);
}

}  // namespace

class Dashboard::Impl {
  public:
    Impl(const Config& config, Shop& shop, Store& store, std::unique_ptr<Store> reads, const Clock& clock,
         Addresses network)
        : config_(config),
          network_(std::move(network)),
          clock_(clock),
          shop_(shop),
          reads_(std::move(reads)),
          access_(store, clock, config.dashboard.open_viewing),
          view_(*reads_, config, clock),
          broadcaster_(random_epoch(), clock),
          updater_(broadcaster_, clock,
                   {[this] { return dumped(view_.live(shop_.now())); }, [this] { return summary(); },
                    [this] { log_status(); }}),
          api_({config_, shop_, store, *reads_, access_, broadcaster_, view_, clock, pages_build(),
                [this] { return server_->counters(); }, [this] { return on_network(); }, [this] { listen(); },
                ended_},
               answer_page) {}

    ~Impl() {
        broadcaster_.close();
        if (server_) server_->stop();
        updater_.stop();
    }

    Result<void> start(const HttpLimits& limits) {
        if (auto loaded = access_.load(); !loaded) return loaded;
        const TlsFiles tls{config_.dashboard.certificate.string(), config_.dashboard.key.string()};
        auto server = HttpServer::start([this](const WebRequest& request) { return api_.handle(request); },
                                        limits, tls);
        if (!server) return tl::unexpected(server.error());
        server_ = std::move(*server);
        broadcaster_.on_subscribe([this] { updater_.wake(); });
        updater_.start();
        listen();
        if (config_.dashboard.listen == Listen::kNetwork && access_.first_run())
            log_warning("",
                        "dashboard.listen is 'network', but there is no admin password: only this machine is "
                        "served until "
                        "one is set at the address below",
                        {{"address", url()}});
        return {};
    }

    void event_stored(const Event& event) {
        ended_.add(event);
        broadcaster_.publish(UpdateType::kEvent, dumped(event_json(event, nullptr)));
    }
    void changed() { updater_.wake(); }
    void tracks(const std::string& camera, const Tracks& tracks) {
        const auto readers = static_cast<std::int64_t>(broadcaster_.track_watchers());
        if (readers == 0 || tracks.frame.width <= 0 || tracks.frame.height <= 0) return;
        const MonoTime now = clock_.mono_now();
        const Duration every = std::max(kTracksEvery, readers * kTracksPerReader);
        const bool too_soon = last_tracks_.with([&](auto& last) {
            const auto at = last.find(camera);
            return at != last.end() && now - at->second < every;
        });
        if (too_soon || !broadcaster_.wants_tracks(camera)) return;
        last_tracks_.with([&](auto& last) { last[camera] = now; });
        broadcaster_.publish(UpdateType::kTracks, dumped(tracks_json(camera, tracks)), camera);
    }
    void tick() {
        broadcaster_.remove_unresponsive();
        server_->check_turning();
        if (port_ == 0 ||
            (config_.dashboard.listen == Listen::kNetwork && !access_.first_run() && !on_network_))
            listen();
    }

    int port() const { return port_; }
    bool on_network() const { return on_network_; }
    std::string url() const {
        if (port_ == 0) return {};
        const char* scheme = config_.dashboard.certificate.empty() ? "http" : "https";
        return std::string(scheme) + "://localhost:" + std::to_string(port_) + "/";
    }

  private:
    // What the configuration and the passwords allow and is not listened on yet.
    void listen() {
        const std::lock_guard lock(listen_mutex_);
        if (port_ == 0) listen_here(config_.dashboard.port);
        const bool network = config_.dashboard.listen == Listen::kNetwork && !access_.first_run();
        if (port_ == 0 || !network || on_network_) return;
        // The same port cannot be had on one and on all addresses at once.
        server_->stop_listening();
        const auto open = server_->listen(network_.front(), port_);
        if (!open) {
            listen_here(port_.exchange(0));
            return complain(open.error().message);
        }
        for (std::size_t i = 1; i < network_.size(); ++i)
            (void)server_->listen(network_[i], port_);
        on_network_ = true;
        log_info("", "the dashboard is served on the network", {{"port", std::to_string(port_)}});
    }

    void listen_here(int port) {
        const auto chosen = server_->listen("127.0.0.1", port);
        if (!chosen) return complain(chosen.error().message);
        (void)server_->listen("::1", *chosen);  // where there is IPv6
        port_ = *chosen;
        log_info("", "the dashboard is served", {{"address", url()}});
    }

    void complain(const std::string& why) {
        if (why == last_complaint_) return;
        last_complaint_ = why;
        log_warning("", "the dashboard cannot be served; it is tried again", {{"why", why}});
    }

    std::string summary() { return dumped(view_.today(shop_.now())); }

    void log_status() {
        const Status s = shop_.now().status;
        std::string cameras;
        for (const CameraStatus& camera : s.cameras) {
            char numbers[96];
            std::snprintf(numbers, sizeof numbers, "=%s fps=%.1f dropped=%llu", camera.state.c_str(),
                          camera.fps, static_cast<unsigned long long>(camera.dropped));
            cameras += (cameras.empty() ? "" : "; ") + camera.id + numbers;
        }
        const auto readers = broadcaster_.counters();
        log_info("", "status",
                 {{"cameras", cameras},
                  {"people", std::to_string(s.summary.active_people)},
                  {"haircuts", std::to_string(s.summary.haircuts)},
                  {"washes", std::to_string(s.summary.washes)},
                  {"waits", std::to_string(s.summary.waits)},
                  {"queued", std::to_string(s.events_queued)},
                  {"dead", std::to_string(s.dead_letters)},
                  {"sending", s.sync.state},
                  {"up s", std::to_string(static_cast<long long>(s.uptime_s))},
                  {"readers", std::to_string(readers.subscribers)},
                  {"removed", std::to_string(readers.removed)},
                  {"resyncs", std::to_string(readers.resyncs)}});
    }

    const Config& config_;
    const Addresses network_;
    const Clock& clock_;
    Shop& shop_;
    Locked<std::map<std::string, MonoTime>> last_tracks_;  // by camera
    const std::unique_ptr<Store> reads_;
    Access access_;
    LiveView view_;
    EndedStays ended_;
    DashboardBroadcaster broadcaster_;
    DashboardUpdater updater_;
    Api api_;
    std::unique_ptr<HttpServer> server_;
    std::mutex listen_mutex_;  // guards the next
    std::string last_complaint_;
    std::atomic<int> port_ = 0;
    std::atomic<bool> on_network_ = false;
};

Dashboard::Dashboard(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Dashboard::~Dashboard() = default;

Result<std::unique_ptr<Dashboard>> Dashboard::start(const Config& config, Shop& shop, Store& store,
                                                    const Clock& clock, const HttpLimits& limits,
                                                    Addresses network) {
    auto reads = Store::open_read_only(config.storage.path);
    if (!reads) return tl::unexpected(reads.error());
    auto impl = std::make_unique<Impl>(config, shop, store, std::move(*reads), clock, std::move(network));
    if (auto started = impl->start(limits); !started) return tl::unexpected(started.error());
    return std::unique_ptr<Dashboard>(new Dashboard(std::move(impl)));
}

void Dashboard::event_stored(const Event& event) {
    impl_->event_stored(event);
}
void Dashboard::changed() {
    impl_->changed();
}
void Dashboard::tracks(const std::string& camera, const Tracks& tracks) {
    impl_->tracks(camera, tracks);
}
void Dashboard::tick() {
    impl_->tick();
}
int Dashboard::port() const {
    return impl_->port();
}
std::string Dashboard::url() const {
    return impl_->url();
}
bool Dashboard::on_network() const {
    return impl_->on_network();
}

}  // namespace chairside
