//! A server that is known by its certificate, and not by who signed it.

use std::sync::Arc;

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme};
use rustls_platform_verifier::Verifier;
use sha2::{Digest as _, Sha256};

use crate::config::CertificateFingerprint;

/// How servers are known: one by its certificate, the others by who signed theirs.
#[derive(Debug)]
struct PinnedServer {
    /// The one that is known by its certificate. Neither the name in that nor its dates are looked at: it is the very
    /// one that somebody wrote down.
    name: ServerName<'static>,
    /// Its certificate, or the next one too.
    certificates: Vec<CertificateFingerprint>,
    /// What the others are known by; without it nobody else is known. A computer may have no authorities.
    others: Option<Arc<dyn ServerCertVerifier>>,
    /// What signatures are checked with: whoever shows a certificate must have its key.
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for PinnedServer {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        if *server_name != self.name {
            let unknown = || Error::InvalidCertificate(CertificateError::UnknownIssuer);
            let others = self.others.as_ref().ok_or_else(unknown)?;
            return others.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now);
        }
        let shown: [u8; 32] = Sha256::digest(end_entity).into();
        if self.certificates.iter().any(|known| *known.bytes() == shown) {
            return Ok(ServerCertVerified::assertion());
        }
        Err(Error::InvalidCertificate(CertificateError::ApplicationVerificationFailure))
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, cert, dss, &self.provider.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, cert, dss, &self.provider.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}

/// TLS by which the server of this name is known by one of these certificates. Others are known by these authorities
/// (PEM); without any, by those of the system.
///
/// # Errors
/// The certificates of the authorities cannot be used.
pub(super) fn pinned(
    name: ServerName<'static>,
    certificates: Vec<CertificateFingerprint>,
    authorities: Option<&[u8]>,
) -> Result<ClientConfig, Error> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let others: Option<Arc<dyn ServerCertVerifier>> = match authorities {
        None => match Verifier::new(Arc::clone(&provider)) {
            Ok(verifier) => Some(Arc::new(verifier)),
            Err(_) => None,
        },
        Some(pem) => {
            let mut roots = RootCertStore::empty();
            for authority in CertificateDer::pem_slice_iter(pem) {
                roots.add(authority.map_err(|_| Error::InvalidCertificate(CertificateError::BadEncoding))?)?;
            }
            let verifier = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider)).build();
            Some(verifier.map_err(|error| Error::General(error.to_string()))?)
        }
    };
    let verifier = PinnedServer { name, certificates, others, provider: Arc::clone(&provider) };
    let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
    Ok(config.dangerous().with_custom_certificate_verifier(Arc::new(verifier)).with_no_client_auth())
}
