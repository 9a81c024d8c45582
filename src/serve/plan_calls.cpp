// Where the owner put the places on the plan of the shop.

#include <algorithm>
#include <mutex>

#include "serve/api.hpp"

namespace chairside {
namespace {

constexpr char kKey[] = "dashboard.plan";
constexpr std::size_t kMostPlaces = 500, kLongestName = 170;  // camera, '/', zone

struct Plan {
    std::int64_t revision = 0;
    Json places = Json::object();
};

Plan plan_of(const Store& store) {
    Plan out;
    const auto text = store.value(kKey);
    const Json kept = text ? Json::parse(*text, nullptr, false) : Json();
    if (!kept.is_object() || !kept.contains("places")) return out;
    return {kept.value("revision", std::int64_t{0}), kept["places"]};
}

Answer answer_with(const Plan& plan) {
    WebResponse out = json_response({{"places", plan.places}});
    out.headers.emplace_back("ETag", "\"" + std::to_string(plan.revision) + "\"");
    return out;
}

bool is_part(const Json& value) {
    return value.is_number() && value.get<double>() >= 0 && value.get<double>() <= 1;
}

void check_places(const Json& places, std::vector<ApiFault>& faults) {
    if (places.size() > kMostPlaces)
        faults.push_back(
            {"places", "has " + std::to_string(places.size()) + " places; allowed: at most 500"});
    for (const auto& [name, point] : places.items()) {
        const std::string at = "places." + name;
        if (name.size() > kLongestName || name.find('/') == std::string::npos)
            faults.push_back({at, "is no place; allowed: the camera, '/', the zone"});
        if (!point.is_array() || point.size() != 2 || !is_part(point[0]) || !is_part(point[1]))
            faults.push_back({at, "is no point; allowed: [x, y], each from 0 to 1"});
    }
}

}  // namespace

Answer get_plan(ApiContext& api, const ApiCall& call) {
    QueryReader query(call.request.query);
    if (auto wrong = query.faults()) return tl::unexpected(std::move(*wrong));
    return answer_with(plan_of(api.store));
}

Answer save_plan(ApiContext& api, const ApiCall& call) {
    const auto body = read_json(call.request);
    if (!body) return tl::unexpected(body.error());
    std::vector<ApiFault> faults;
    const auto places = body->find("places");
    if (places == body->end() || !places->is_object())
        faults.push_back({"places", "is missing or no object; allowed: points by camera/zone"});
    else
        check_places(*places, faults);
    for (const auto& [name, value] : body->items())
        if (name != "places") faults.push_back({name, "is not known; allowed: places"});
    if (!faults.empty()) return faulty(std::move(faults));
    static std::mutex one_at_a_time;
    const std::lock_guard lock(one_at_a_time);
    const Plan plan{plan_of(api.store).revision + 1, *places};
    const auto kept =
        api.store.set_value(kKey, dumped({{"revision", plan.revision}, {"places", plan.places}}));
    if (!kept) return problem(kept.error());
    api.access.note(call.request, call.who.role, "plan", std::to_string(plan.places.size()) + " places");
    return answer_with(plan);
}

}  // namespace chairside
