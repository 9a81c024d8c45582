#include <algorithm>

#include "sim/salon.hpp"

namespace chairside::sim {

void Salon::add_zone(const std::string& name, ZoneType type, const std::vector<Point>& seats,
                     Random& random) {
    double x0 = 1e9, x1 = -1e9, y0 = 1e9, y1 = -1e9;
    for (const Point seat : seats) {
        const double h = standing_height(seat.y);
        x0 = std::min(x0, seat.x - h * random.between(0.27, 0.36));
        x1 = std::max(x1, seat.x + h * random.between(0.27, 0.36));
        y0 = std::min(y0, seat.y - h * random.between(0.17, 0.23));
        y1 = std::max(y1, seat.y + h * random.between(0.13, 0.2));
    }
    ZoneConfig zone;
    zone.name = name;
    zone.type = type;
    zone.capacity = static_cast<int>(seats.size());
    zone.polygon = {{x0 / width_, y0 / height_},
                    {x1 / width_, y0 / height_},
                    {x1 / width_, y1 / height_},
                    {x0 / width_, y1 / height_}};
    for (Point& p : zone.polygon)
        p = {std::clamp(p.x, 0.0, 1.0), std::clamp(p.y, 0.0, 1.0)};
    zone.dwell = std::chrono::seconds(type == ZoneType::kChair ? 120 : type == ZoneType::kWash ? 60 : 30);
    zone.grace = std::chrono::seconds(type == ZoneType::kWait ? 15 : 40);
    zones_.push_back(zone);
}

void Salon::place(Room room) {
    switch (room) {
        case Room::kRow:
            width_ = 1280, height_ = 720, height_a_ = 80, height_b_ = 0.42, door_ = {1270, 560};
            chairs_ = {{260, 400}, {480, 405}, {700, 400}, {920, 405}};
            basins_ = {{170, 610}, {330, 610}};
            benches_ = {{760, 650}, {860, 650}, {960, 650}, {1060, 650}};
            idle_ = {{600, 480}, {1120, 470}, {380, 540}, {820, 510}, {560, 640}, {1180, 560}};
            mirrors_ = {{370, 260}, {810, 260}};
            break;
        case Room::kDiagonal:
            width_ = 800, height_ = 600, height_a_ = 30, height_b_ = 0.38, door_ = {20, 330};
            chairs_ = {{200, 300}, {380, 370}, {580, 450}};
            basins_ = {{680, 270}};
            benches_ = {{110, 520}, {200, 530}, {290, 540}};
            idle_ = {{480, 300}, {290, 440}, {620, 350}, {420, 520}, {120, 400}};
            mirrors_ = {{300, 190}};
            break;
        case Room::kDeep:
            width_ = 1920, height_ = 1080, height_a_ = 20, height_b_ = 0.5, door_ = {960, 380};
            chairs_ = {{420, 520}, {360, 650}, {290, 830}, {1500, 560}, {1600, 760}};
            basins_ = {{1200, 480}, {1330, 500}};
            benches_ = {{1050, 960}, {1290, 970}, {1530, 980}};
            idle_ = {{760, 560}, {1000, 700}, {800, 800}, {1250, 640}, {620, 700}, {1100, 800}, {700, 950}};
            mirrors_ = {{240, 420}, {1680, 480}};
            break;
        case Room::kLow:
            width_ = 640, height_ = 360, height_a_ = -60, height_b_ = 0.85, door_ = {634, 262};
            chairs_ = {{70, 222}, {160, 224}, {250, 221}, {340, 224}};
            basins_ = {{440, 236}, {515, 238}};  // their polygons overlap
            benches_ = {{180, 340}, {300, 342}, {420, 340}};
            idle_ = {{580, 258}, {400, 262}, {205, 262}, {300, 270}, {480, 275}, {110, 268}};
            mirrors_ = {{205, 150}, {560, 160}};
            break;
        case Room::kHigh:
            width_ = 1280, height_ = 960, height_a_ = 120, height_b_ = 0.1, door_ = {30, 520};
            chairs_ = {{250, 300}, {450, 300}, {650, 300}, {250, 700}, {450, 700}, {650, 705}};
            basins_ = {{980, 330}, {1100, 330}};
            benches_ = {{900, 820}, {1010, 820}, {1120, 820}};
            idle_ = {{350, 450}, {550, 480}, {820, 420}, {180, 560}, {820, 620}, {1000, 560}};
            mirrors_ = {{350, 200}, {550, 840}};
            break;
    }
}

void Salon::furnish() {
    place(settings_.room);
    Random random(settings_.seed ^ 0xABCDEF);
    for (auto* places : {&chairs_, &basins_, &benches_})
        for (Point& p : *places)
            p = {p.x + random.between(-8, 8), p.y + random.between(-6, 6)};
    for (std::size_t i = 0; i < chairs_.size(); ++i)
        add_zone("chair-" + std::to_string(i + 1), ZoneType::kChair, {chairs_[i]}, random);
    for (std::size_t i = 0; i < basins_.size(); ++i)
        add_zone("wash-" + std::to_string(i + 1), ZoneType::kWash, {basins_[i]}, random);
    add_zone("waiting", ZoneType::kWait, benches_, random);
}

}  // namespace chairside::sim
