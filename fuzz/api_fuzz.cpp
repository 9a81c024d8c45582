// The dashboard's request handlers, all of them: the first line is METHOD TARGET, then header lines, an empty line, the body. Whatever
// comes gives an answer below 500, a problem that says its status, and no picture's bytes; never a crash or a hang.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>

#include "serve/api.hpp"
#include "serve/shop_test_support.hpp"

namespace {

using namespace chairside;

// One shop for the whole run: what one input saves, the next one finds.
struct Shopfront {
    store_test::TempFolder folder;
    testing::ManualClock clock{std::chrono::seconds(1795341600)};
    std::unique_ptr<Store> store = open();
    std::unique_ptr<Store> reads = Store::open_read_only(folder.file()).value();
    serve_test::FakeShop shop{*store, clock};
    Config config = make_config();
    DashboardBroadcaster broadcaster{"run1", clock};
    Access access{*store, clock, false};
    LiveView view{*reads, config, clock};
    EndedStays ended;
    Api api{{config, shop, *store, *reads, access, broadcaster, view, clock, "build1",
             [] { return HttpCounters{}; }, [] { return false; }, [] {}, ended},
            [](const WebRequest&) { return WebResponse{}; }};

    Shopfront() {
        shop.shop = serve_test::FakeShop::busy(clock.wall_now());
        if (!access.load()) std::abort();
    }
    std::unique_ptr<Store> open() {
        StoreOptions options = folder.options();
        options.clock = &clock;
        return std::move(Store::open(options).value());
    }
    Config make_config() const {
        Config out;
        out.timezone = "Europe/Berlin";
        out.storage.path = folder.file();
        out.dashboard.picture = DashboardConfig::Picture::kOff;
        return out;
    }
};

std::string line_of(std::string& rest) {
    const auto end = std::min(rest.find('\n'), rest.size());
    std::string line = rest.substr(0, end);
    rest.erase(0, end + 1);
    return line;
}

WebRequest request_of(std::string text, const std::string& token) {
    WebRequest out{"GET", "/",         {},   {{"host", "localhost"}, {"content-type", "application/json"}},
                   {},    "127.0.0.1", true, false};
    const std::string first = line_of(text);
    const auto space = std::min(first.find(' '), first.size());
    out.method = first.substr(0, space);
    if (const auto target = parse_target(first.substr(std::min(space + 1, first.size())))) {
        out.path = target->path;
        out.query = target->query;
    }
    while (!text.empty()) {
        const std::string line = line_of(text);
        const auto colon = line.find(':');
        if (colon == std::string::npos) break;
        out.headers[line.substr(0, colon)] = line.substr(colon + 1);
    }
    out.body = std::move(text);
    out.headers.try_emplace("cookie", std::string(Access::kCookie) + "=" + token);
    out.headers.try_emplace("x-csrf-token", Access::csrf_of(token));
    return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static Shopfront front;
    static int inputs = 0;
    // A first password would end the admin's session, and with it the reach of all later inputs.
    const std::string text(reinterpret_cast<const char*>(data), size);
    if (text.find("passwords") != std::string::npos) return 0;
    if (++inputs % 1000 == 0) front.shop.shop = serve_test::FakeShop::busy(front.clock.wall_now());
    const std::string token = front.access.visit(request_of("GET /", "")).token;
    const WebResponse response = front.api.handle(request_of(text, token));
    if (response.status < 200 || response.status >= 500) std::abort();
    if (response.body.find("\xff\xd8\xff") != std::string::npos) std::abort();
    if (response.status >= 400 && Json::parse(response.body).at("status") != response.status) std::abort();
    return 0;
}
