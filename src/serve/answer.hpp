#pragma once
// What the API's functions give back, and how they read what they are asked: every fault at once, in words.

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"
#include "serve/message.hpp"

namespace chairside {

using Json = nlohmann::ordered_json;

struct ApiFault {
    std::string at, words;
};

// application/problem+json (RFC 9457).
struct Problem {
    int status = 500;
    std::string title, detail;
    std::string type = "about:blank";
    std::vector<ApiFault> faults{};
    Json more = Json::object();
    TextPairs headers{};
};
using Answer = tl::expected<WebResponse, Problem>;

tl::unexpected<Problem> problem(int status, std::string detail, std::string type = "about:blank");
// Of the store or the pipeline: 500, 503, 404 …, by its kind.
tl::unexpected<Problem> problem(const Error& error);
WebResponse as_response(const Problem& problem);
const char* title_of(int status);

WebResponse json_response(const Json& json, int status = 200);
std::string dumped(const Json& json);

// Numbers for people: no more digits than anybody needs.
double to_milli(double seconds);
Json or_null(const std::optional<double>& value);  // rounded
Json time_or_null(const std::optional<WallTime>& time);

// The parameters of a query. Each function notes a fault and gives nothing where the value is wrong.
class QueryReader {
  public:
    explicit QueryReader(const TextPairs& query) : query_(query) {}

    std::optional<std::string> text(std::string_view name, std::size_t longest);
    std::optional<std::string> choice(std::string_view name, std::initializer_list<std::string_view> allowed);
    int integer(std::string_view name, int low, int high, int fallback);
    std::optional<WallTime> time(std::string_view name);
    std::optional<std::string> date(std::string_view name);
    void fault(std::string_view name, std::string words);
    // 400 with every fault, also for parameters that nobody asked for; else nothing.
    std::optional<Problem> faults();

  private:
    const TextPairs& query_;
    std::vector<std::string_view> known_;
    std::vector<ApiFault> faults_;
};

// The members of a JSON object, in the same manner. `at` is its path in the body, empty for the top.
class ObjectReader {
  public:
    ObjectReader(const Json& object, std::string at, std::vector<ApiFault>& faults);

    std::optional<std::string> text(const std::string& name, std::size_t least, std::size_t most,
                                    bool required);
    std::optional<double> number(const std::string& name, double low, double high);
    std::optional<std::int64_t> integer(const std::string& name, std::int64_t low, std::int64_t high);
    std::optional<std::string> choice(const std::string& name,
                                      std::initializer_list<std::string_view> allowed, bool required);
    const Json* list(const std::string& name, std::size_t most, bool required);
    // A fault for each member that nobody asked for.
    void no_others();
    std::string path(const std::string& name) const { return at_.empty() ? name : at_ + "." + name; }
    void fault(const std::string& name, std::string words) {
        faults_.push_back({path(name), std::move(words)});
    }

  private:
    const Json* find(const std::string& name, bool required);
    const Json* object_;
    const std::string at_;
    std::vector<ApiFault>& faults_;
    std::vector<std::string> known_;
};

inline constexpr std::size_t kMostJsonBytes = 256u << 10;
inline constexpr int kMostJsonDepth = 16;

// The request's body as a JSON object: 415, 413 or 400 otherwise.
tl::expected<Json, Problem> read_json(const WebRequest& request);
tl::unexpected<Problem> faulty(std::vector<ApiFault> faults);

}  // namespace chairside
