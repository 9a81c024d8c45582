#pragma once
// SupabaseClient: one project, seen from one device. Logs in, keeps the token fresh, sends, and says what the
// answer means.
//
// Operation: each call makes one request, and before it those for a log-in where one is due: the refresh token
// once the access token has lived 70 to 80 % of its time, else email and password. New tokens are kept before
// they are used. Threads: one; so a refresh is never made twice at once. Failure: in the Decision. No secret is
// in any of its texts.

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/time.hpp"
#include "sync/answers.hpp"
#include "sync/pacing.hpp"
#include "sync/requests.hpp"
#include "sync/transport.hpp"

namespace chairside {

// Where tokens outlive the process: Store's kv in the service, nowhere in `chairside sync test`.
struct TokenKeeper {
    std::function<std::optional<std::string>()> load;
    std::function<Result<void>(const std::string&)> save;
};

class SupabaseClient {
  public:
    // All references must outlive the client.
    SupabaseClient(SupabaseAccess access, Transport& transport, TokenKeeper keeper, const Clock& clock,
                   Random& random);

    Decision submit(const OutboxRow& row) { return submit(std::span(&row, 1)); }
    Decision submit(std::span<const OutboxRow> rows);  // all or none is stored
    Decision revise(const OutboxRow& row);
    Decision submit(std::span<const Gap> gaps);
    Decision report(const DeviceStatus& status);
    // The newest settings of managers, or only their number; `out` is set where the decision is kDone.
    Decision newest_config(bool with_settings, ConfigAnswer& out);

    // What a person needs to know, from the first step that fails or to the end.
    struct Finding {
        bool good = false;
        std::string what;   // "address", "log-in", …
        std::string words;  // what was found, and what to do
    };
    std::vector<Finding> test();

    // This PC's clock minus the server's, as of the last answer.
    std::optional<Duration> clock_offset() const { return clock_offset_; }

    // Requests so far, by what came of them (RequestResult's names; all are there). One that was stopped is not counted.
    const std::map<std::string, std::int64_t>& results() const { return results_; }

  private:
    template <typename Answer>
    void count(const Answer& answer) {
        ++results_[to_string(result_of(answer))];
    }
    using Build = std::function<HttpRequest(const std::string& token)>;
    // `body`: where the answer's goes.
    Decision perform(const Build& build, std::string* body = nullptr);
    HttpOutcome exchange(const HttpRequest& request);
    // A usable access token in tokens_, or why there is none.
    std::optional<Decision> ensure_token(bool renew);
    AuthDecision obtain(const HttpRequest& request);
    std::vector<Finding> test_rights();
    Finding test_clock() const;

    const SupabaseAccess access_;
    Transport& transport_;
    const TokenKeeper keeper_;
    const Clock& clock_;
    Random& random_;
    std::optional<Tokens> tokens_;
    MonoTime renew_at_{}, expires_at_{};
    bool loaded_ = false;
    std::optional<Duration> clock_offset_;
    std::map<std::string, std::int64_t> results_;
};

}  // namespace chairside
