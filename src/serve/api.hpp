#pragma once
// Api: the HTTP interface of schema/openapi.yaml, as a function from a request to its answer. Knows nothing of sockets.

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "config/config.hpp"
#include "serve/access.hpp"
#include "serve/answer.hpp"
#include "serve/dashboard_broadcaster.hpp"
#include "serve/http_server.hpp"
#include "serve/live_view.hpp"
#include "serve/metrics.hpp"
#include "serve/shop.hpp"

namespace chairside {

// Everything that the API's functions need. All of it outlives the Api.
struct ApiContext {
    const Config& config;
    Shop& shop;
    Store& store;  // writes
    Store& reads;  // a connection of its own: long lists hold up nobody
    Access& access;
    DashboardBroadcaster& broadcaster;
    LiveView& view;
    const Clock& clock;
    std::string build;                       // of the pages
    std::function<HttpCounters()> counters;  // of the server
    std::function<bool()> on_lan;            // listens beyond this machine
    std::function<void()> password_set;      // the first one: the network may be opened
    const EndedStays& ended;
};

struct ApiCall {
    const WebRequest& request;
    Visitor who;
    std::vector<std::string> parts;  // what stood for the {} of the route's path
};

class Api {
  public:
    using Function = Answer (*)(ApiContext&, const ApiCall&);
    struct Route {
        std::string_view method, path;  // below /api/v1; {} is one part
        Role needs;
        Function function;
        bool csrf = true;  // for methods other than GET
    };

    // Other paths than /api/…: the pages.
    using Pages = std::function<WebResponse(const WebRequest&)>;

    Api(ApiContext context, Pages pages);

    // Threads: any, several at a time. Never throws.
    WebResponse handle(const WebRequest& request);

    static std::vector<Route> routes();

  private:
    Answer answer(const WebRequest& request);
    Answer call(const Route& route, const WebRequest& request, std::vector<std::string> parts);
    Answer metrics(const WebRequest& request) const;

    ApiContext context_;
    const Pages pages_;
    const std::vector<Route> routes_;
};

// ---- The functions, by file

// session_calls.cpp
Answer get_session(ApiContext&, const ApiCall&);
Answer log_in(ApiContext&, const ApiCall&);
Answer log_out(ApiContext&, const ApiCall&);
Answer set_password(ApiContext&, const ApiCall&);
// live_calls.cpp
Answer get_status(ApiContext&, const ApiCall&);
Answer get_live(ApiContext&, const ApiCall&);
Answer get_open_sessions(ApiContext&, const ApiCall&);
Answer get_stream(ApiContext&, const ApiCall&);
// event_calls.cpp
Answer get_events(ApiContext&, const ApiCall&);
Answer get_events_csv(ApiContext&, const ApiCall&);
Answer get_event(ApiContext&, const ApiCall&);
Answer review_event(ApiContext&, const ApiCall&);
// history_calls.cpp
Answer get_summaries(ApiContext&, const ApiCall&);
Answer get_reports(ApiContext&, const ApiCall&);
Answer get_report(ApiContext&, const ApiCall&);
// camera_calls.cpp
Answer get_cameras(ApiContext&, const ApiCall&);
Answer get_picture(ApiContext&, const ApiCall&);
Answer test_camera(ApiContext&, const ApiCall&);
Json camera_json(const ApiContext&, const ShopCamera&);
// camera_edits.cpp
Answer add_camera(ApiContext&, const ApiCall&);
Answer change_camera(ApiContext&, const ApiCall&);
Answer remove_camera(ApiContext&, const ApiCall&);
Answer reload_config(ApiContext&, const ApiCall&);
// plan_calls.cpp
Answer get_plan(ApiContext&, const ApiCall&);
Answer save_plan(ApiContext&, const ApiCall&);
// zone_calls.cpp
Answer get_zones(ApiContext&, const ApiCall&);
Answer validate_zones(ApiContext&, const ApiCall&);
Answer save_zones(ApiContext&, const ApiCall&);
Answer try_zones(ApiContext&, const ApiCall&);
Answer get_zone_history(ApiContext&, const ApiCall&);
Answer undo_zones(ApiContext&, const ApiCall&);
// care_calls.cpp
Answer get_health(ApiContext&, const ApiCall&);
Answer get_logs(ApiContext&, const ApiCall&);
Answer get_audit(ApiContext&, const ApiCall&);
Answer get_config(ApiContext&, const ApiCall&);

// An event as the API and the stream tell it; `review` null where there was none.
Json event_json(const Event& event, const Review* review);

}  // namespace chairside
