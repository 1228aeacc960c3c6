package keystone.agent.egress;

import java.io.IOException;
import java.security.cert.CertificateException;
import keystone.agent.model.HostName;
import keystone.agent.model.UserError;

/// TLS to a server that a secret goes to, which has to prove who it is.
final class ServerTls {
    /// A server's word when it speaks nothing of what it is offered (RFC 7301, 3.2).
    private static final String NO_PROTOCOL = "no_application_protocol";

    private final Secrets secrets;
    private final Target target;

    /// @param target as the guest knows it
    ServerTls(Secrets secrets, Target target) {
        this.secrets = secrets;
        this.target = target;
    }

    /// The server is not who it should be.
    static final class NotTrusted extends Exception {
        private static final long serialVersionUID = 1L;

        private final String fix;

        private NotTrusted(String sentence, String fix) {
            super(sentence);
            this.fix = fix;
        }

        String sentence() {
            return String.valueOf(getMessage());
        }

        /// What to type on the host; empty where nothing helps.
        String fix() {
            return fix;
        }
    }

    /// @throws NotTrusted also when it does not speak that
    End over(Line line, Spoken spoken) throws NotTrusted {
        Target meant = meant();
        try {
            TlsEnd server = TlsEnd.asking(secrets.trust(), meant, line, spoken);
            if (server.spoken() != spoken) {
                throw speaksOther();
            }
            return server;
        } catch (UserError unreadable) {
            throw new NotTrusted("this host's certificate authorities cannot be read", "");
        } catch (IOException failed) {
            if (String.valueOf(failed.getMessage()).contains(NO_PROTOCOL)) {
                throw speaksOther();
            }
            throw isUntrusted(failed)
                    ? untrusted(meant.host())
                    : new NotTrusted("no TLS could be agreed on with " + target.host(), "");
        }
    }

    private NotTrusted speaksOther() {
        return new NotTrusted(
                target.host() + " does not speak the protocol that the program speaks alone", "");
    }

    /// As the user named a service of this host, which no authority knows by the guest's name.
    private Target meant() {
        return SecretTunnel.isOfThisHost(target)
                ? secrets.services()
                        .named(target.port())
                        .map(service -> new Target(service.named(), target.port()))
                        .orElse(target)
                : target;
    }

    private NotTrusted untrusted(HostName meant) {
        return meant.equals(target.host())
                ? new NotTrusted(
                        meant + " does not prove who it is, so no secret was sent there", "")
                : new NotTrusted(
                        "port %d of this host does not prove to be %s, so no secret was sent there"
                                .formatted(target.port(), meant),
                        "export SSL_CERT_FILE=AUTHORITY.pem   # who vouches for it; then stop and start again");
    }

    private static boolean isUntrusted(Throwable failed) {
        for (Throwable at = failed; at != null; at = at.getCause()) {
            if (at instanceof CertificateException) {
                return true;
            }
        }
        return false;
    }
}
