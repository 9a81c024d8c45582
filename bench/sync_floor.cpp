// The floor of sending: the same batches as the program sends, prepared beforehand, posted one after the other by a
// bare libcurl handle. No store, no decisions.
//   bench_sync_floor STORE URL TOKEN ROWS_PER_REQUEST
// Prints: floor ROWS SECONDS 0 and the processor's seconds of the requests

#include <curl/curl.h>
#include <sys/resource.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "store/store.hpp"
#include "sync/requests.hpp"

namespace {

using namespace chairside;

struct Prepared {
    HttpRequest request;
    std::size_t rows;
};

std::vector<Prepared> prepare(const Store& store, const SupabaseAccess& access, const std::string& token,
                              std::size_t rows_per_request) {
    std::vector<Prepared> out;
    const auto rows = store.outbox(-1);
    if (!rows) return out;
    for (std::size_t at = 0; at < rows->size(); at += rows_per_request) {
        const std::size_t n = std::min(rows_per_request, rows->size() - at);
        out.push_back({events_request(access, token, std::span(*rows).subspan(at, n)), n});
    }
    return out;
}

double cpu_s() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    const auto seconds = [](const timeval& t) {
        return static_cast<double>(t.tv_sec) + 1e-6 * static_cast<double>(t.tv_usec);
    };
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

std::size_t ignore(char*, std::size_t, std::size_t size, void*) {
    return size;
}

// False if the server did not take it.
bool post(CURL* easy, const std::string& url, const HttpRequest& request) {
    curl_slist* headers = curl_slist_append(nullptr, "Expect:");
    for (const auto& [name, value] : request.headers)
        headers = curl_slist_append(headers, (name + ": " + value).c_str());
    curl_easy_setopt(easy, CURLOPT_URL, (url + request.path).c_str());
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, request.body.data());
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE, static_cast<long>(request.body.size()));
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, ignore);
    const CURLcode code = curl_easy_perform(easy);
    curl_slist_free_all(headers);
    long status = 0;
    curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
    return code == CURLE_OK && status >= 200 && status < 300;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 5) return 2;
    const std::string url = argv[2];
    auto store = Store::open_read_only(argv[1]);
    if (!store) return 1;
    const SupabaseAccess access{url, "sb_publishable_stub", {}, {}, "TEST", "test-pc"};
    const auto batches = prepare(**store, access, argv[3], static_cast<std::size_t>(std::atoi(argv[4])));
    CURL* easy = curl_easy_init();
    std::size_t rows = 0;
    const double cpu_before = cpu_s();
    const auto began = std::chrono::steady_clock::now();
    for (const auto& batch : batches) {
        if (!post(easy, url, batch.request)) {
            std::fprintf(stderr, "bench_sync_floor: a batch was not taken\n");
            return 1;
        }
        rows += batch.rows;
    }
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
    curl_easy_cleanup(easy);
    std::printf("floor %zu %.3f 0 %.3f\n", rows, took.count(), cpu_s() - cpu_before);
    return 0;
}
