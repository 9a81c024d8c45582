#include "serve/tls_context.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <array>

#include "base/log.hpp"

namespace chairside {
namespace {

namespace ssl = boost::asio::ssl;

tl::unexpected<Error> unusable(const std::string& words, const std::string& details) {
    return fail(ErrorKind::kInvalid,
                "the dashboard cannot be served by HTTPS: " + words + " (" + details + ")");
}

std::string day_of(const ASN1_TIME* time) {
    std::tm when{};
    std::array<char, 32> text{};
    if (ASN1_TIME_to_tm(time, &when) != 1) return "an unknown day";
    return {text.data(), std::strftime(text.data(), text.size(), "%Y-%m-%d", &when)};
}

void warn_of_dates(const TlsFiles& files, const ssl::context& context) {
    const X509* certificate = SSL_CTX_get0_certificate(const_cast<ssl::context&>(context).native_handle());
    if (certificate == nullptr) return;
    const ASN1_TIME* from = X509_get0_notBefore(certificate);
    const ASN1_TIME* to = X509_get0_notAfter(certificate);
    const char* wrong = X509_cmp_current_time(to) < 0 ? "the certificate of the dashboard is no longer valid"
                        : X509_cmp_current_time(from) > 0
                            ? "the certificate of the dashboard is not valid yet"
                            : nullptr;
    if (wrong != nullptr)
        log_warning("", wrong, {{"file", files.certificate}, {"from", day_of(from)}, {"to", day_of(to)}});
}

}  // namespace

Result<ssl::context> make_tls_context(const TlsFiles& files) {
    boost::system::error_code error;
    ssl::context out(ssl::context::tls_server);
    out.set_options(ssl::context::default_workarounds | ssl::context::no_tlsv1 | ssl::context::no_tlsv1_1);
    out.use_certificate_chain_file(files.certificate, error);
    if (error)
        return unusable("the file " + files.certificate + " holds no certificate in PEM form",
                        error.message());
    // Without this OpenSSL would ask for the password on a terminal, and wait.
    bool locked = false;
    out.set_password_callback([&](std::size_t, ssl::context::password_purpose) {
        locked = true;
        return std::string();
    });
    out.use_private_key_file(files.key, ssl::context::pem, error);
    const bool mismatch =
        error && ERR_GET_REASON(static_cast<unsigned long>(error.value())) == X509_R_KEY_VALUES_MISMATCH;
    if (mismatch)
        return unusable("the key " + files.key + " does not belong to the certificate " + files.certificate,
                        error.message());
    if (error && locked)
        return unusable("the key " + files.key +
                            " is locked by a password; save it without one, readable by this user alone",
                        error.message());
    if (error)
        return unusable("the file " + files.key + " holds no private key in PEM form", error.message());
    out.set_password_callback([](std::size_t, ssl::context::password_purpose) { return std::string(); });
    warn_of_dates(files, out);
    return out;
}

}  // namespace chairside
