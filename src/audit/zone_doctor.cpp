#include "audit/zone_doctor.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>
#include <optional>

#include "audit/polygon_ops.hpp"
#include "audit/seat_places.hpp"
#include "audit/zone_suggestion.hpp"
#include "events/settings.hpp"

namespace chairside {
namespace {

constexpr double kEnoughWatched = 45 * 60, kEnoughSeated = 10 * 60;  // s, of a camera
constexpr double kEnoughAtZone =
    120;  // s of sitting at a zone's places, for a suggestion and for most findings
constexpr double kSmallPlace = 0.05;   // of the largest: less is people who stoop, or who lean somewhere once
constexpr double kMuchLarger = 3;      // a place outside, than the one inside whose seat it takes
constexpr double kReach = 1.0;         // person widths outside the border: such a place belongs to the zone
constexpr double kMissed = 0.2;        // of a zone's feet outside it, …
constexpr double kOnBorder = 0.5;      // … or so many outside or on its border, which is …
constexpr double kBorder = 0.12;       // … this wide, in person widths; half as wide in depth, …
constexpr double kForeshortening = 2;  // … where a step shows about half as long
constexpr double kContested = 0.05;    // of the feet of two zones where they overlap
constexpr double kOverlapWorthKnowing = 0.05;          // of the smaller zone's area
constexpr double kWalkway = 0.15, kNotSitting = 0.85;  // of all the time somebody was in the zone
constexpr double kUnused = 30;                         // s
constexpr double kAtEdge = 0.3;                        // of the zone's feet in the outermost cells
constexpr double kFeetToKeep = 0.9;                    // by a suggestion that makes room for a neighbour
constexpr double kNarrow = 0.6, kFlat = 0.25;          // of a seated person's width

int percent(double share) {
    return static_cast<int>(std::lround(100 * share));
}

std::string minutes(double seconds) {
    if (seconds < 100) return std::to_string(std::lround(seconds)) + " s";
    return std::to_string(std::lround(seconds / 60)) + " min";
}

class Doctor {
  public:
    Doctor(const std::vector<ZoneConfig>& zones, const FootMap& feet) : picture_(feet) {
        seated_ = find_places(picture_, SeatEvidence::kSeated);
        still_ = find_places(picture_, SeatEvidence::kStill);
        for (const ZoneConfig& zone : zones) {
            Patient patient;
            patient.exam.zone = zone;
            patient.polygon = picture_.at(zone.polygon);
            const bool area = zone.capacity > EngineSettings().seat_capacity_max;
            patient.evidence = area ? SeatEvidence::kStill : SeatEvidence::kSeated;
            patients_.push_back(std::move(patient));
        }
        for (const SeatEvidence evidence : {SeatEvidence::kSeated, SeatEvidence::kStill})
            share_out(evidence);
        for (Patient& patient : patients_)
            measure(patient);
    }

    std::vector<ZoneExam> examine() {
        for (Patient& patient : patients_) {
            find_use(patient);
            find_missed(patient);
            find_staff(patient);
            find_shape(patient);
        }
        for (std::size_t i = 0; i < patients_.size(); ++i)
            for (std::size_t k = i + 1; k < patients_.size(); ++k)
                find_overlap(patients_[i], patients_[k]);
        for (Patient& patient : patients_)
            draw(patient);
        for (Patient& patient : patients_)
            fit_in(patient);
        std::vector<ZoneExam> out;
        for (Patient& patient : patients_)
            out.push_back(std::move(patient.exam));
        return out;
    }

  private:
    struct Patient {
        ZoneExam exam;
        Polygon polygon;  // pixels
        SeatEvidence evidence = SeatEvidence::kSeated;
        std::vector<const SeatPlace*> places;
        double person_width = 0;                // pixels; 0: nobody sat there
        std::vector<Point> feet;                // centres of the core cells, pixels
        Polygon drawn;                          // pixels
        double at_edge_s = 0, on_border_s = 0;  // on_border: inside, but as good as outside
    };

    const std::vector<SeatPlace>& places_of(SeatEvidence evidence) const {
        return evidence == SeatEvidence::kSeated ? seated_ : still_;
    }

    // Places inside a zone are that zone's, the largest first (where zones overlap the nearest's, as people are); then
    // the others go to the nearest zone within reach that has a seat free, or one that hardly anybody sits in.
    void share_out(SeatEvidence evidence) {
        std::vector<const SeatPlace*> outside;
        for (const SeatPlace& place : places_of(evidence)) {
            if (place.seconds < kSmallPlace * places_of(evidence).front().seconds) break;
            Patient* nearest = nullptr;
            double best = std::numeric_limits<double>::infinity();
            for (Patient& patient : patients_) {
                if (patient.evidence != evidence || is_full(patient)) continue;
                const Point middle = centroid(patient.polygon);
                const double off = std::hypot(middle.x - place.peak.x, middle.y - place.peak.y);
                if (contains(patient.polygon, place.peak) && off < best) best = off, nearest = &patient;
            }
            if (nearest != nullptr)
                nearest->places.push_back(&place);
            else
                outside.push_back(&place);
        }
        for (const SeatPlace* place : outside)
            adopt(*place, evidence);
    }

    void adopt(const SeatPlace& place, SeatEvidence evidence) {
        Patient* nearest = nullptr;
        double best = kReach * place.person_width;
        for (Patient& patient : patients_) {
            if (patient.evidence != evidence) continue;
            if (is_full(patient) && kMuchLarger * patient.places.back()->seconds > place.seconds) continue;
            const double off = reach(patient, place);
            if (off < best) best = off, nearest = &patient;
        }
        if (nearest == nullptr) return;
        if (is_full(*nearest)) nearest->places.pop_back();
        nearest->places.push_back(&place);
    }

    static bool is_full(const Patient& patient) {
        return patient.places.size() >= static_cast<std::size_t>(patient.exam.zone.capacity);
    }

    // To the border, or to a place that the zone has already: a bench goes on.
    static double reach(const Patient& patient, const SeatPlace& place) {
        double nearest = std::max(0.0, signed_distance(patient.polygon, place.peak));
        for (const SeatPlace* own : patient.places)
            nearest = std::min(nearest, std::hypot(own->peak.x - place.peak.x, own->peak.y - place.peak.y));
        return nearest;
    }

    void measure(Patient& patient) {
        ZoneExam& exam = patient.exam;
        for (int i = 0; i < FootMap::kCells; ++i) {
            const FootCell& cell = picture_.feet.cell(i);
            if (cell.empty() || !contains(patient.polygon, picture_.center_of(i))) continue;
            const double here = still_seconds(cell, patient.evidence);
            exam.inside_s += here;
            if (patient.evidence == SeatEvidence::kSeated)
                exam.standing_s += static_cast<double>(cell.seconds[1]);
            exam.walking_s += static_cast<double>(cell.seconds[2]);
            const int column = i % FootMap::kColumns, row = i / FootMap::kColumns;
            if (column == 0 || row == 0 || column == FootMap::kColumns - 1 || row == FootMap::kRows - 1)
                patient.at_edge_s += here;
        }
        double seconds = 0;
        for (const SeatPlace* place : patient.places) {
            seconds += place->seconds;
            patient.person_width += place->person_width * place->seconds;
            for (const int cell : place->cells) {
                const double here = still_seconds(picture_.feet.cell(cell), patient.evidence);
                const Point p = picture_.center_of(cell);
                if (in_no_zone(p)) exam.outside_s += here;
                const double depth = -signed_distance(from_above(patient.polygon), from_above(p));
                if (depth >= 0 && depth < kBorder * place->person_width) patient.on_border_s += here;
            }
            for (const int cell : core_of(*place, picture_.feet, patient.evidence, 0.9))
                patient.feet.push_back(picture_.center_of(cell));
        }
        if (seconds > 0) patient.person_width /= seconds;
    }

    static Point from_above(Point p) { return {p.x, kForeshortening * p.y}; }
    static Polygon from_above(Polygon polygon) {
        for (Point& p : polygon)
            p = from_above(p);
        return polygon;
    }

    bool in_no_zone(Point p) const {
        return std::none_of(patients_.begin(), patients_.end(),
                            [&](const Patient& other) { return contains(other.polygon, p); });
    }

    static void note(Patient& patient, ZoneFinding finding) {
        patient.exam.findings.push_back(std::move(finding));
    }

    static void find_use(Patient& patient) {
        const ZoneExam& exam = patient.exam;
        if (exam.inside_s + exam.outside_s >= kUnused) return;
        note(patient, {ZoneFinding::Kind::kNeverUsed, true, 0, "",
                       "nobody sat in it or beside it (" + minutes(exam.inside_s) +
                           "); is it where the seat is in the picture?"});
    }

    static void find_missed(Patient& patient) {
        const ZoneExam& exam = patient.exam;
        const double all = exam.inside_s + exam.outside_s;
        if (all < kEnoughAtZone) return;
        const std::string of_all = "misses its people's feet: of " + minutes(all) + " that people sat here, ";
        if (const double share = exam.outside_s / all; share >= kMissed) {
            note(patient, {ZoneFinding::Kind::kMissesFeet, true, share, "",
                           of_all + std::to_string(percent(share)) + " % were just outside the polygon"});
        } else if (const double border = (exam.outside_s + patient.on_border_s) / all; border >= kOnBorder) {
            note(patient,
                 {ZoneFinding::Kind::kMissesFeet, true, border, "",
                  of_all + std::to_string(percent(border)) + " % were on the polygon's very border"});
        }
    }

    // Who serves stands beside the seat most of the time, so standing alone says little.
    static void find_staff(Patient& patient) {
        const ZoneExam& exam = patient.exam;
        const double all = exam.inside_s + exam.standing_s + exam.walking_s;
        if (all < kEnoughAtZone) return;
        if (const double share = exam.walking_s / all; share >= kWalkway) {
            note(patient, {ZoneFinding::Kind::kStaffTraffic, true, share, "",
                           "lies on a way: for " + std::to_string(percent(share)) +
                               " % of the time that somebody was in it, they walked through"});
        } else if (const double standing = exam.standing_s / all; standing >= kNotSitting) {
            note(patient, {ZoneFinding::Kind::kStaffTraffic, true, standing, "",
                           "is where staff stand: for " + std::to_string(percent(standing)) +
                               " % of the time that somebody was in it, they stood"});
        }
    }

    void find_shape(Patient& patient) {
        const ZoneExam& exam = patient.exam;
        if (exam.inside_s > 0 && patient.at_edge_s >= kAtEdge * exam.inside_s && patient.at_edge_s >= kUnused)
            note(patient, {ZoneFinding::Kind::kAtEdge, true, patient.at_edge_s / exam.inside_s, "",
                           "is cut by the picture's edge: " +
                               std::to_string(percent(patient.at_edge_s / exam.inside_s)) +
                               " % of the feet in it are at the edge; turn the camera a little"});
        const double width = patient.person_width > 0 ? patient.person_width : usual_width();
        const Box box = bounds(patient.polygon);
        if (width <= 0 || (box.w >= kNarrow * width && box.h >= kFlat * width)) return;
        note(patient,
             {ZoneFinding::Kind::kTooSmall, true, box.w / width, "",
              "is tiny: " + std::to_string(std::lround(box.w)) + " x " + std::to_string(std::lround(box.h)) +
                  " pixels where a seated person is " + std::to_string(std::lround(width)) + " pixels wide"});
    }

    double usual_width() const { return seated_.empty() ? 0 : seated_.front().person_width; }

    void find_overlap(Patient& a, Patient& b) const {
        const double common = common_area(a.polygon, b.polygon),
                     share = common / std::min(area_of(a.polygon), area_of(b.polygon));
        if (!(share >= kOverlapWorthKnowing)) return;
        double both = 0, all = 0;
        for (int i = 0; i < FootMap::kCells; ++i) {
            const double here = still_seconds(picture_.feet.cell(i), a.evidence);
            const Point p = picture_.center_of(i);
            const bool in_a = contains(a.polygon, p), in_b = contains(b.polygon, p);
            all += in_a || in_b ? here : 0;
            both += in_a && in_b ? here : 0;
        }
        const double contested = all > 0 ? both / all : 0;
        for (auto [patient, other] : {std::pair{&a, &b}, std::pair{&b, &a}}) {
            note(*patient,
                 {ZoneFinding::Kind::kOverlaps, contested >= kContested, contested, other->exam.zone.name,
                  "overlaps " + other->exam.zone.name + " by " + std::to_string(percent(share)) +
                      " % of the smaller one's area; " + std::to_string(percent(contested)) +
                      " % of the feet of both are in both"});
        }
    }

    void draw(Patient& patient) const {
        double seconds = 0;
        for (const SeatPlace* place : patient.places)
            seconds += place->seconds;
        if (seconds < kEnoughAtZone) {
            patient.exam.why_none = "no suggestion yet: somebody must have sat there for " +
                                    minutes(kEnoughAtZone) + ", so far it is " + minutes(seconds);
            return;
        }
        patient.drawn = hull_of_places(patient.places, picture_, patient.evidence);
    }

    static Polygon beside(const Patient& other, const Polygon& polygon, const std::vector<Point>& feet) {
        const bool stays = other.drawn.empty() || !other.exam.has_problem();
        const Polygon& theirs = stays ? other.polygon : other.drawn;
        if (common_area(polygon, theirs) <= 0) return polygon;
        if (stays) {
            Polygon rest = cut_off(polygon, theirs, feet);
            // A neighbour that lies on these feet is part of the trouble, not a limit.
            if (share_held(rest, feet) >= kFeetToKeep) return rest;
        }
        return cut_between(polygon, feet, other.feet);
    }

    // Makes room for the neighbours: those that stay as they are, and the suggestions for the others.
    void fit_in(Patient& patient) {
        Polygon polygon = patient.drawn;
        if (polygon.empty()) return;
        for (const Patient& other : patients_)
            if (&other != &patient) polygon = beside(other, polygon, patient.feet);
        patient.exam.suggestion = normalised(polygon, picture_);
        if (polygon_fault(patient.exam.suggestion)) {
            patient.exam.suggestion.clear();
            patient.exam.why_none = "no suggestion: its neighbours leave no room for it";
            return;
        }
        double held = 0, all = 0;
        for (const SeatPlace* place : patient.places) {
            for (const int cell : place->cells) {
                const double here = still_seconds(picture_.feet.cell(cell), patient.evidence);
                all += here;
                held += contains(patient.exam.suggestion, FootMap::center_of(cell)) ? here : 0;
            }
        }
        patient.exam.suggestion_held = all > 0 ? held / all : 0;
    }

    FootPicture picture_;
    std::vector<SeatPlace> seated_, still_;
    std::vector<Patient> patients_;
};

std::string too_little(const FootMap& feet, double seated_s) {
    if (feet.watched_s() >= kEnoughWatched && seated_s >= kEnoughSeated) return {};
    char text[200];
    std::snprintf(
        text, sizeof text,
        "too little was seen yet: it takes at least %.0f min of watching and %.0f min of people sitting; so "
        "far there are %.0f and %.0f",
        kEnoughWatched / 60, kEnoughSeated / 60, std::floor(feet.watched_s() / 60),
        std::floor(seated_s / 60));
    return text;
}

}  // namespace

const char* to_string(ZoneFinding::Kind kind) {
    switch (kind) {
        case ZoneFinding::Kind::kMissesFeet:
            return "misses_feet";
        case ZoneFinding::Kind::kOverlaps:
            return "overlaps";
        case ZoneFinding::Kind::kStaffTraffic:
            return "staff_traffic";
        case ZoneFinding::Kind::kNeverUsed:
            return "never_used";
        case ZoneFinding::Kind::kAtEdge:
            return "at_edge";
        case ZoneFinding::Kind::kTooSmall:
            return "too_small";
    }
    return "";
}

bool ZoneExam::has_problem() const {
    return std::any_of(findings.begin(), findings.end(), [](const ZoneFinding& f) { return f.problem; });
}

CameraExam examine_zones(const std::string& camera, const std::vector<ZoneConfig>& zones,
                         const FootMap& feet) {
    CameraExam exam;
    exam.camera = camera;
    exam.watched_s = feet.watched_s();
    exam.seated_s = feet.seconds(FootKind::kSeated);
    const bool areas_only = std::all_of(zones.begin(), zones.end(), [](const ZoneConfig& zone) {
        return zone.capacity > EngineSettings().seat_capacity_max;
    });
    const double still_s = exam.seated_s + (areas_only ? feet.seconds(FootKind::kStanding) : 0);
    exam.too_little = too_little(feet, still_s);
    if (exam.too_little.empty()) {
        exam.zones = Doctor(zones, feet).examine();
        return exam;
    }
    for (const ZoneConfig& zone : zones) {
        exam.zones.emplace_back();
        exam.zones.back().zone = zone;
    }
    return exam;
}

}  // namespace chairside
