#pragma once
// LiveView: the documents `Live` and `Today` of schema/openapi.yaml, from the running shop and its store.

#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "base/locked.hpp"
#include "base/time.hpp"
#include "report/report_generator.hpp"
#include "serve/shop.hpp"
#include "store/store.hpp"

namespace chairside {

// What an owner reads of a camera's or the sending's state.
std::string words_of(const CameraStatus& camera, const TimeZone& zone, WallTime now);
std::string words_of_sync(const Status& status);
nlohmann::ordered_json camera_status_json(const CameraStatus& camera);

// Threads: any. What changes slowly (the usual day, the length of services) is looked up once a minute.
class LiveView {
  public:
    // Store and clock must outlive it.
    LiveView(Store& reads, const Config& config, const Clock& clock);

    nlohmann::ordered_json live(const ShopNow& shop);
    nlohmann::ordered_json today(const ShopNow& shop);
    // The time that the shop is at: of a file that plays faster than life, the file's.
    WallTime shop_time(const ShopNow& shop) const;
    const TimeZone& zone() const { return zone_; }
    const ReportGenerator& reports() const { return reports_; }

  private:
    struct Slow {
        std::optional<MonoTime> at;
        nlohmann::ordered_json usual;
        std::vector<double> services_s;
        std::vector<std::string> chairs;  // with a haircut that ended or began within the last hour
    };
    nlohmann::ordered_json usual(const std::string& date, WallTime now) const;
    nlohmann::ordered_json waiting(const ShopNow& shop, const Slow& slow) const;
    Slow look_up(const std::string& date, WallTime now) const;

    Store& reads_;
    const Clock& clock_;
    const TimeZone zone_;
    const ReportGenerator reports_;
    Locked<Slow> slow_;
};

}  // namespace chairside
