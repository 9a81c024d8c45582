#include "pipeline/source_trial.hpp"

namespace chairside {

Result<SourceTrial> try_source(const std::string& source, const SourceOpener& open, Detector& detector,
                               const Clock& clock, const std::atomic<bool>& stop) {
    static const std::atomic<bool> kWanted = true;
    SourceOptions options;
    options.source = source;
    options.live = true;
    options.target_fps = 0;
    options.views = detector.views(Tiles{});
    options.picture = &kWanted;
    const MonoTime began = clock.mono_now();
    const auto opened = open(options, clock, &stop);
    if (!opened) return tl::unexpected(opened.error());
    const auto frame = (*opened)->next();
    if (!frame) return tl::unexpected(frame.error());
    SourceTrial out;
    out.took = clock.mono_now() - began;
    out.width = (*frame)->info.width;
    out.height = (*frame)->info.height;
    out.fps = (*opened)->info().fps;
    const auto people = detector.detect(*frame, Tiles{}).get();
    // Without knowing where people are no picture may be shown.
    if (!people) return out;
    out.picture.emplace(ShopPicture{(*frame)->picture, (*frame)->info.wall, {}});
    const double scale = out.width > 0 ? static_cast<double>((*frame)->picture.width) / out.width : 1;
    for (const Detection& person : people->people) {
        const Box& b = person.box;
        out.picture->people.push_back({b.x * scale, b.y * scale, b.w * scale, b.h * scale});
    }
    return out;
}

}  // namespace chairside
