#pragma once
// Draws what the stages made of a picture onto it: zones, people, running dwell times, a header. For
// `replay --annotate`; it keeps nothing and sends nothing.

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"
#include "capture/frame.hpp"
#include "config/zone.hpp"
#include "track/track.hpp"

namespace chairside {

// A zone and what goes on in it.
struct AnnotatedZone {
    ZoneConfig zone;
    int occupants = 0;           // people in it now
    double longest_dwell_s = 0;  // of the sessions that are open in it
    bool counted = false;        // the longest has passed the zone's dwell time
};

struct AnnotatorOptions {
    // The header shows local wall time in this zone; without one, the time since the first picture drawn.
    std::optional<TimeZone> time_zone;
    std::vector<IgnoreRegion> ignored{};  // darkened, with their names
};

// Colours are of the palette of Okabe and Ito ("Color Universal Design", 2008), which people with any colour
// vision can tell apart; each state also differs in its line and in words. Sizes follow the picture's.
// Threads: one. The same input gives the same pixels where the same fonts are installed (DejaVu Sans).
class Annotator {
  public:
    explicit Annotator(AnnotatorOptions options = {});
    ~Annotator();
    Annotator(Annotator&&) noexcept;
    Annotator& operator=(Annotator&&) noexcept;

    // `rgb` shows the whole source picture, at any size (kRgb24, letterboxed or not); boxes are in pixels of
    // the source as `frame` says. The header's text stands beside the time: counts, a name. Failure: kInvalid
    // for another pixel format or text that is not UTF-8; the picture is then as it was.
    Result<void> draw(Image& rgb, const FrameInfo& frame, const Tracks& tracks,
                      const std::vector<AnnotatedZone>& zones, const std::string& header);

  private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace chairside
