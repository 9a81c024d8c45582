#pragma once
// The annotated video of a replay.

#include <memory>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "capture/video_writer.hpp"
#include "config/scene.hpp"
#include "pipeline/analysis.hpp"
#include "render/annotator.hpp"
#include "replay_output.hpp"

namespace chairside {

// Threads: one. The file is opened with the first picture, whose size it takes.
class Annotation {
  public:
    Annotation(std::string file, const Scene& scene, double fps);
    // `picture` is the whole source picture of the frame that `analysis` saw last.
    Result<void> draw(const Image& picture, const Analysis& analysis, const EventTable& table);
    Result<void> finish();

  private:
    std::vector<AnnotatedZone> zones_now(const Analysis& analysis) const;
    const std::string file_;
    const std::vector<ZoneConfig> zones_;
    const double fps_;
    Annotator annotator_;
    std::unique_ptr<VideoWriter> writer_;
    Image copy_;
};

}  // namespace chairside
