#include "sync/curl_transport.hpp"

#include <curl/curl.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>

#include "base/check.hpp"

namespace chairside {
namespace {

constexpr std::size_t kLargestAnswer = 4u << 20;
constexpr long kConnectTimeoutMs = 15'000;
constexpr long kSlowestBytes = 1;  // slower than this for so many seconds is a dead line
constexpr long kSlowestSeconds = 30;
constexpr int kPollMs = 250;
constexpr long kKeptConnections = 2;

// CURL and CURLM are both void.
struct EasyDeleter {
    void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
};
struct MultiDeleter {
    void operator()(CURLM* multi) const { curl_multi_cleanup(multi); }
};
struct ListDeleter {
    void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};

std::size_t take_body(char* data, std::size_t, std::size_t size, void* to) {
    auto& body = *static_cast<std::string*>(to);
    if (body.size() + size > kLargestAnswer) return 0;  // ends the transfer
    body.append(data, size);
    return size;
}

std::size_t take_header(char* data, std::size_t, std::size_t size, void* to) {
    auto& answer = *static_cast<HttpAnswer*>(to);
    const std::string_view line(data, size);
    if (line.starts_with("HTTP/")) answer.headers.clear();  // of a 100 or of the proxy
    const auto colon = line.find(':');
    if (colon == std::string_view::npos) return size;
    std::string name(line.substr(0, colon));
    std::transform(name.begin(), name.end(), name.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    const auto from = line.find_first_not_of(" \t", colon + 1);
    const auto to_end = line.find_last_not_of(" \t\r\n");
    answer.headers[name] = from == std::string_view::npos || to_end < from
                               ? ""
                               : std::string(line.substr(from, to_end - from + 1));
    return size;
}

TransportFault fault_of(CURLcode code) {
    switch (code) {
        case CURLE_OK:
            return TransportFault::kNone;
        case CURLE_COULDNT_RESOLVE_HOST:
            return TransportFault::kDns;
        case CURLE_COULDNT_RESOLVE_PROXY:
        case CURLE_PROXY:
            return TransportFault::kProxy;
        case CURLE_COULDNT_CONNECT:
        case CURLE_INTERFACE_FAILED:
            return TransportFault::kConnect;
        case CURLE_SSL_CONNECT_ERROR:
        case CURLE_PEER_FAILED_VERIFICATION:
        case CURLE_SSL_CERTPROBLEM:
        case CURLE_SSL_CIPHER:
        case CURLE_SSL_CACERT_BADFILE:
        case CURLE_SSL_ISSUER_ERROR:
        case CURLE_SSL_INVALIDCERTSTATUS:
        case CURLE_USE_SSL_FAILED:
            return TransportFault::kTls;
        case CURLE_OPERATION_TIMEDOUT:
            return TransportFault::kTimeout;
        default:
            return TransportFault::kBroken;
    }
}

class CurlTransport final : public Transport {
  public:
    CurlTransport(std::string base, const std::atomic<bool>* stop) : base_(std::move(base)), stop_(stop) {
        static const CURLcode kReady = curl_global_init(CURL_GLOBAL_DEFAULT);
        CHAIRSIDE_CHECK(kReady == CURLE_OK);
        multi_.reset(curl_multi_init());
        easy_.reset(curl_easy_init());
        CHAIRSIDE_CHECK(multi_ && easy_);
        curl_multi_setopt(multi_.get(), CURLMOPT_MAXCONNECTS, kKeptConnections);
    }

    HttpOutcome send(const HttpRequest& request) override {
        HttpOutcome out;
        char words[CURL_ERROR_SIZE] = "";
        std::unique_ptr<curl_slist, ListDeleter> headers;
        for (const auto& [name, value] : request.headers)
            headers.reset(curl_slist_append(headers.release(), (name + ": " + value).c_str()));
        headers.reset(curl_slist_append(headers.release(), "Expect:"));
        prepare(request, headers.get(), words, out.answer);

        curl_multi_add_handle(multi_.get(), easy_.get());
        const CURLcode code = run();
        curl_multi_remove_handle(multi_.get(), easy_.get());

        long status = 0;
        curl_easy_getinfo(easy_.get(), CURLINFO_RESPONSE_CODE, &status);
        out.answer.status = static_cast<int>(status);
        out.fault = cancelled() && code != CURLE_OK ? TransportFault::kCancelled : fault_of(code);
        if (out.fault != TransportFault::kNone) {
            out.words = *words != '\0' ? words : curl_easy_strerror(code);
            out.answer = {};
        }
        curl_easy_reset(easy_.get());  // nothing of this request stays; connections do
        return out;
    }

  private:
    bool cancelled() const { return stop_ != nullptr && *stop_; }

    void prepare(const HttpRequest& request, curl_slist* headers, char* words, HttpAnswer& answer) {
        CURL* easy = easy_.get();
        const auto set = [easy](CURLoption option, auto value) {
            CHAIRSIDE_CHECK(curl_easy_setopt(easy, option, value) == CURLE_OK);
        };
        set(CURLOPT_URL, (base_ + request.path).c_str());
        set(CURLOPT_PROTOCOLS_STR, "http,https");
        set(CURLOPT_FOLLOWLOCATION, 0L);
        set(CURLOPT_CUSTOMREQUEST, request.method.c_str());
        if (request.method != "GET") {
            set(CURLOPT_POSTFIELDS, request.body.c_str());
            set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
        }
        set(CURLOPT_HTTPHEADER, headers);
        set(CURLOPT_USERAGENT, "chairside/" CHAIRSIDE_VERSION);
        set(CURLOPT_ACCEPT_ENCODING, "");
        set(CURLOPT_SSL_VERIFYPEER, 1L);
        set(CURLOPT_SSL_VERIFYHOST, 2L);
        set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
        if (const char* authorities = std::getenv("SSL_CERT_FILE");
            authorities != nullptr && *authorities != '\0')
            set(CURLOPT_CAINFO, authorities);
        set(CURLOPT_NOSIGNAL, 1L);
        set(CURLOPT_QUICK_EXIT, 1L);  // a stop does not wait for a name server
        set(CURLOPT_CONNECTTIMEOUT_MS, kConnectTimeoutMs);
        set(CURLOPT_TIMEOUT_MS,
            static_cast<long>(
                std::chrono::duration_cast<std::chrono::milliseconds>(request.timeout).count()));
        set(CURLOPT_LOW_SPEED_LIMIT, kSlowestBytes);
        set(CURLOPT_LOW_SPEED_TIME, kSlowestSeconds);
        set(CURLOPT_TCP_KEEPALIVE, 1L);
        set(CURLOPT_ERRORBUFFER, words);
        set(CURLOPT_WRITEFUNCTION, take_body);
        set(CURLOPT_WRITEDATA, &answer.body);
        set(CURLOPT_HEADERFUNCTION, take_header);
        set(CURLOPT_HEADERDATA, &answer);
    }

    CURLcode run() {
        for (int running = 1; running > 0;) {
            if (cancelled()) return CURLE_ABORTED_BY_CALLBACK;
            if (curl_multi_perform(multi_.get(), &running) != CURLM_OK) return CURLE_FAILED_INIT;
            if (running > 0) curl_multi_poll(multi_.get(), nullptr, 0, kPollMs, nullptr);
        }
        int left = 0;
        const CURLMsg* message = curl_multi_info_read(multi_.get(), &left);
        return message != nullptr ? message->data.result : CURLE_FAILED_INIT;
    }

    const std::string base_;
    const std::atomic<bool>* const stop_;
    std::unique_ptr<CURLM, MultiDeleter> multi_;
    std::unique_ptr<CURL, EasyDeleter> easy_;
};

}  // namespace

std::unique_ptr<Transport> make_curl_transport(std::string base, const std::atomic<bool>* stop) {
    return std::make_unique<CurlTransport>(std::move(base), stop);
}

}  // namespace chairside
