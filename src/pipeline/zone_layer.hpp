#pragma once
// ZoneLayer: zones saved in the dashboard, over the device's file and the branch's settings from the centre. Of the zones of one
// camera those run that were saved last, here or there.

#include <array>
#include <string>
#include <vector>

#include "config/branch_settings.hpp"
#include "serve/shop.hpp"
#include "store/dashboard_rows.hpp"

namespace chairside {

// Threads: any (it holds nothing of its own that changes).
class ZoneLayer {
  public:
    // The store must outlive it.
    explicit ZoneLayer(Store& store) : store_(store) {}

    // `running` (the file and the centre's settings) with the saved zones. What does not fit any more is logged and
    // left out.
    Config over(const Config& running) const;
    // `running` with these zones, whatever is saved; or what is wrong with them.
    tl::expected<Config, std::vector<ConfigError>> tried(const Config& running,
                                                         const std::string& settings) const;
    // What a zone of each type gets that says nothing itself.
    std::array<ZoneDefaults, kZoneTypes> defaults(const Config& running) const;

  private:
    std::string centre_settings() const;  // that run; "{}" without
    Store& store_;
};

}  // namespace chairside
