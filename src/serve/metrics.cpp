#include "serve/metrics.hpp"

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <initializer_list>
#include <optional>
#include <utility>
#include <vector>

namespace chairside {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;
using Labels = std::vector<ClientMetric::Label>;

// Collects families; each name is said once, with all its label sets.
class Families {
  public:
    void begin(MetricType type, const char* name, const char* help) {
        all_.push_back({name, help, type, {}});
    }
    void gauge(const char* name, const char* help, double value, Labels labels = {}) {
        begin(MetricType::Gauge, name, help);
        add(value, std::move(labels));
    }
    void counter(const char* name, const char* help, double value, Labels labels = {}) {
        begin(MetricType::Counter, name, help);
        add(value, std::move(labels));
    }
    // To the family begun last.
    void add(double value, Labels labels) {
        ClientMetric metric;
        metric.label = std::move(labels);
        (all_.back().type == MetricType::Counter ? metric.counter.value : metric.gauge.value) = value;
        all_.back().metric.push_back(std::move(metric));
    }
    void add(const LatencyCounts& counts, Labels labels) {
        ClientMetric metric;
        metric.label = std::move(labels);
        std::uint64_t below = 0;
        for (std::size_t i = 0; i < kLatencyBounds.size(); ++i) {
            below += counts.buckets[i];
            metric.histogram.bucket.push_back({below, kLatencyBounds[i]});
        }
        metric.histogram.sample_count = std::max(counts.count, below);
        metric.histogram.sample_sum = counts.sum_s;
        all_.back().metric.push_back(std::move(metric));
    }
    std::string text() const { return prometheus::TextSerializer().Serialize(all_); }

  private:
    std::vector<MetricFamily> all_;
};

// One of several states: 1 for that which is, 0 for the others, so that an alert can ask for one by name.
void add_states(Families& out, const std::string& is, std::initializer_list<const char*> states,
                const Labels& labels) {
    for (const char* state : states) {
        Labels all = labels;
        all.push_back({"state", state});
        out.add(is == state ? 1 : 0, std::move(all));
    }
}

template <typename F>
void each_camera(Families& out, const ShopNow& shop, MetricType type, const char* name, const char* help,
                 F&& value) {
    out.begin(type, name, help);
    for (const ShopCamera& camera : shop.cameras)
        if (const std::optional<double> got = value(camera)) out.add(*got, {{"camera", camera.status.id}});
}

void add_cameras(Families& out, const ShopNow& shop) {
    out.begin(MetricType::Gauge, "chairside_camera_state",
              "1 for the state that the camera is in, 0 for the others");
    for (const ShopCamera& camera : shop.cameras)
        add_states(out, camera.status.state, {"starting", "ok", "degraded", "offline", "ended", "failed"},
                   {{"camera", camera.status.id}});
    const auto gauge = MetricType::Gauge, counter = MetricType::Counter;
    each_camera(out, shop, counter, "chairside_camera_frames_total", "Pictures analysed",
                [](const ShopCamera& c) { return std::optional<double>(c.status.frames); });
    each_camera(out, shop, counter, "chairside_camera_frames_cropped_total",
                "Of those analysed: looked at in parts only",
                [](const ShopCamera& c) { return std::optional<double>(c.status.cropped); });
    out.begin(counter, "chairside_camera_frames_dropped_total", "Pictures given up, by the reason");
    for (const ShopCamera& camera : shop.cameras)
        for (const auto& [reason, count] : {std::pair{"newer", camera.status.dropped - camera.status.too_old},
                                            std::pair{"too_old", camera.status.too_old}})
            out.add(static_cast<double>(count), {{"camera", camera.status.id}, {"reason", reason}});
    each_camera(out, shop, gauge, "chairside_camera_frames_per_second",
                "Pictures analysed per second, over the last seconds",
                [](const ShopCamera& c) { return std::optional<double>(c.status.fps); });
    each_camera(out, shop, gauge, "chairside_camera_last_frame_age_seconds",
                "Since the last picture; not there before the first",
                [](const ShopCamera& c) { return c.status.last_frame_age_s; });
    each_camera(out, shop, gauge, "chairside_camera_tracks", "People followed in the picture",
                [](const ShopCamera& c) { return std::optional<double>(c.status.active_tracks); });
    each_camera(out, shop, gauge, "chairside_camera_open_sessions", "People in a zone now",
                [](const ShopCamera& c) { return std::optional<double>(c.sessions.size()); });
    out.begin(MetricType::Histogram, "chairside_stage_seconds",
              "Time a picture spends in a stage; 'total' is from its arrival until its events are stored");
    for (const ShopCamera& camera : shop.cameras)
        for (std::size_t i = 0; i < kStages; ++i)
            out.add(camera.latency[i],
                    {{"camera", camera.status.id}, {"stage", to_string(static_cast<Stage>(i))}});
}

void add_services(Families& out, const MetricsInput& in) {
    const Summary& day = in.shop.status.summary;
    out.gauge("chairside_active_people", "People in the zones of all cameras", day.active_people);
    out.begin(MetricType::Gauge, "chairside_services_today", "Services counted on this business day");
    out.add(day.haircuts, {{"type", "CHAIR"}});
    out.add(day.washes, {{"type", "WASH"}});
    out.add(day.waits, {{"type", "WAIT"}});
    out.begin(MetricType::Counter, "chairside_stays_total",
              "Stays that ended since the start, with the verdict they ended with");
    for (const auto& [key, count] : in.ended)
        out.add(static_cast<double>(count), {{"camera", std::get<0>(key)},
                                             {"type", to_string(std::get<1>(key))},
                                             {"verdict", to_string(std::get<2>(key))}});
}

void add_sync(Families& out, const MetricsInput& in) {
    const Status& s = in.shop.status;
    out.gauge("chairside_outbox_rows", "Events that wait for the central store",
              static_cast<double>(s.events_queued));
    out.gauge("chairside_outbox_oldest_age_seconds", "How long the oldest of them waits",
              s.oldest_queued_s.value_or(0));
    out.gauge("chairside_outbox_dead_rows", "Events that the central store will not take",
              static_cast<double>(s.dead_letters));
    out.begin(MetricType::Counter, "chairside_outbox_dropped_total",
              "Rows given up for want of room, by what they were");
    for (const auto& [what, rows] : s.dropped)
        out.add(static_cast<double>(rows), {{"what", what}});
    out.begin(MetricType::Gauge, "chairside_sync_state", "1 for what sending does now, 0 for the others");
    add_states(out, s.sync.state, {"off", "starting", "ok", "sending", "waiting", "held"}, {});
    out.counter("chairside_sync_sent_total", "Rows that the central store took",
                static_cast<double>(s.sync.sent));
    out.counter("chairside_sync_requests_total", "Requests to the central store",
                static_cast<double>(s.sync.requests));
    out.begin(MetricType::Counter, "chairside_sync_results_total", "Those requests, by what came of them");
    for (const auto& [result, count] : s.sync.results)
        out.add(static_cast<double>(count), {{"result", result}});
    if (s.last_sent_s)
        out.gauge("chairside_sync_last_success_age_seconds", "Since the central store last took something",
                  *s.last_sent_s);
    if (s.sync.clock_offset)
        out.gauge("chairside_clock_offset_seconds", "This machine's clock minus the central store's",
                  to_seconds(*s.sync.clock_offset));
}

void add_service_itself(Families& out, const MetricsInput& in) {
    out.gauge("chairside_build_info", "1; the labels say what runs", 1,
              {{"version", in.shop.status.version},
               {"branch", in.shop.status.branch},
               {"device", in.shop.status.device}});
    out.gauge("chairside_uptime_seconds", "Since the start of the service", in.shop.status.uptime_s);
    out.gauge("chairside_config_revision",
              "Of the settings that run, of the chain's managers; 0: the device's own",
              in.shop.status.config.revision);
    out.gauge("chairside_store_bytes", "Size of the store", static_cast<double>(in.store_bytes));
    out.gauge("chairside_store_max_bytes", "What it may grow to", static_cast<double>(in.store_max_bytes));
    out.gauge("chairside_store_kept_batches", "Changes that the disk did not take yet",
              static_cast<double>(in.shop.kept_batches));
    out.gauge("chairside_disk_free_bytes", "Room on the store's disk",
              static_cast<double>(in.disk.free_bytes));
    out.gauge("chairside_disk_bytes", "Size of the store's disk", static_cast<double>(in.disk.total_bytes));
    out.gauge("chairside_dashboard_subscribers", "Who watches the stream now",
              static_cast<double>(in.readers.subscribers));
    out.counter("chairside_dashboard_removed_total", "Subscribers removed for taking nothing",
                static_cast<double>(in.readers.removed));
    out.counter("chairside_dashboard_resyncs_total", "Subscribers that fell behind",
                static_cast<double>(in.readers.resyncs));
    out.counter("chairside_dashboard_updates_total", "Updates published",
                static_cast<double>(in.readers.published));
    out.counter("chairside_http_requests_total", "Requests answered", static_cast<double>(in.http.requests));
    out.counter("chairside_http_refused_total", "Requests refused (401, 403, 421, 429)",
                static_cast<double>(in.http.refused));
    out.gauge("chairside_http_connections", "Open connections", static_cast<double>(in.http.connections));
    out.counter("process_cpu_seconds_total", "CPU time of the process", in.own.cpu_s);
    out.gauge("process_resident_memory_bytes", "Memory of the process",
              static_cast<double>(in.own.memory_bytes));
    out.gauge("process_open_fds", "Open files", static_cast<double>(in.own.open_files));
    out.gauge("process_max_fds", "Open files allowed", static_cast<double>(in.own.most_open_files));
    out.gauge("process_threads", "Threads", static_cast<double>(in.own.threads));
}

}  // namespace

const char* to_string(Stage stage) {
    switch (stage) {
        case Stage::kQueue:
            return "queue";
        case Stage::kDetect:
            return "detect";
        case Stage::kAnalyse:
            return "analyse";
        case Stage::kTotal:
            return "total";
    }
    return "?";
}

void EndedStays::add(const Event& event) {
    if (event.state != EventState::kClosed) return;
    const std::lock_guard lock(mutex_);
    newest_ = std::max(newest_, event.end);
    std::erase_if(ended_, [&](const auto& one) { return newest_ - one.second > 2 * kFinalAfter; });
    if (ended_.emplace(event.id, event.end).second) ++counts_[{event.camera, event.type, event.verdict}];
}

std::map<EndedStays::Key, std::uint64_t> EndedStays::counts() const {
    const std::lock_guard lock(mutex_);
    return counts_;
}

std::size_t EndedStays::remembered() const {
    const std::lock_guard lock(mutex_);
    return ended_.size();
}

std::string metrics_text(const MetricsInput& input) {
    Families out;
    add_service_itself(out, input);
    add_cameras(out, input.shop);
    add_services(out, input);
    add_sync(out, input);
    return out.text();
}

}  // namespace chairside
