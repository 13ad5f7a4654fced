//! This computer's own key for signing in (SMART App Launch 2.2.0, client-confidential-asymmetric; RFC 7523): a private
//! key in a file that only this user may read, and its public half, which is registered at the authorization server.

use std::fs::{File, Permissions};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jiff::{SignedDuration, Timestamp};
use ring::digest::{SHA256, digest};
use ring::rand::SystemRandom;
use ring::rsa::PublicKeyComponents;
use ring::signature::{ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _, RSA_PKCS1_SHA384, RsaKeyPair};
use rustls::pki_types::PrivateKeyDer;
use rustls::pki_types::pem::PemObject as _;
use serde_json::{Value, json};
use zeroize::Zeroizing;

/// No key is longer, in bytes: one of RSA with 8192 bits has 6,500.
const MOST_BYTES: u64 = 16 * 1024;

/// For how long what was signed is good: SMART allows five minutes at most, and this leaves as much room to a clock
/// that is ahead as to one that is behind.
const LIFETIME: SignedDuration = SignedDuration::from_secs(150);

/// How many letters stand in a line of a PEM file (RFC 7468 section 2).
const PEM_LINE: usize = 64;

/// How many bytes a coordinate of P-384 has (RFC 7518 section 6.2.1.2).
const COORDINATE: usize = 48;

/// A key for signing.
pub struct SigningKey {
    pair: SigningPair,
    random: SystemRandom,
}

/// With what is signed: SMART wants servers to take both.
enum SigningPair {
    /// ES384: ECDSA on P-384.
    Ec(EcdsaKeyPair),
    /// RS384: RSA with PKCS #1 1.5.
    Rsa(RsaKeyPair),
}

/// Why there is no key.
#[derive(Debug, thiserror::Error)]
pub enum SigningKeyError {
    /// There is no file.
    #[error("there is no key in its file")]
    Missing,
    /// There is a file already, which is never written over.
    #[error("there is a key already")]
    IsThere,
    /// The system does not let us.
    #[error("the file of the key cannot be used")]
    File(#[source] io::Error),
    /// Others may read it.
    #[error("other users can read the file of the key")]
    Exposed,
    /// It is none that can be signed with. What found that out is not kept: of a private key nothing is repeated.
    #[error("the file holds no key that can be used: {0}")]
    Unusable(&'static str),
    /// The system has no randomness to give; what signs (`ring`) does not say more.
    #[error("the system has no randomness to give")]
    NoRandom,
}

impl std::fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SigningKey").field("algorithm", &self.algorithm()).finish_non_exhaustive()
    }
}

impl SigningKey {
    /// Reads a key: PEM with PKCS #8 of P-384 or RSA, or PKCS #1 (RFC 7468).
    ///
    /// # Errors
    /// [`SigningKeyError`].
    pub fn read(file: &Path) -> Result<Self, SigningKeyError> {
        let opened = File::open(file).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => SigningKeyError::Missing,
            _ => SigningKeyError::File(error),
        })?;
        let facts = opened.metadata().map_err(SigningKeyError::File)?;
        if !facts.is_file() {
            return Err(SigningKeyError::Unusable("it is no file"));
        }
        if facts.mode() & 0o077 != 0 {
            return Err(SigningKeyError::Exposed);
        }
        let mut pem = Zeroizing::new(Vec::new());
        opened.take(MOST_BYTES).read_to_end(&mut pem).map_err(SigningKeyError::File)?;
        Self::of_pem(&pem)
    }

    fn of_pem(pem: &[u8]) -> Result<Self, SigningKeyError> {
        let key = PrivateKeyDer::from_pem_slice(pem)
            .map_err(|_| SigningKeyError::Unusable("there is no private key in PEM form in it"))?;
        let random = SystemRandom::new();
        let pair = match &key {
            PrivateKeyDer::Pkcs8(der) => {
                let der = der.secret_pkcs8_der();
                let ec = EcdsaKeyPair::from_pkcs8(&ECDSA_P384_SHA384_FIXED_SIGNING, der, &random);
                ec.map(SigningPair::Ec).or_else(|_| RsaKeyPair::from_pkcs8(der).map(SigningPair::Rsa))
            }
            PrivateKeyDer::Pkcs1(der) => RsaKeyPair::from_der(der.secret_pkcs1_der()).map(SigningPair::Rsa),
            _ => {
                return Err(SigningKeyError::Unusable("it is not in the form PKCS #8 (openssl pkcs8 -topk8 -nocrypt)"));
            }
        };
        let pair = pair.map_err(|_| SigningKeyError::Unusable("it is neither P-384 nor RSA of 2048 bits or more"))?;
        Ok(Self { pair, random })
    }

    /// Makes a key of P-384 in a new file, which only this user may read. One that is there stays as it is.
    ///
    /// # Errors
    /// [`SigningKeyError`].
    pub fn make(file: &Path) -> Result<Self, SigningKeyError> {
        let random = SystemRandom::new();
        let der = EcdsaKeyPair::generate_pkcs8(&ECDSA_P384_SHA384_FIXED_SIGNING, &random)
            .map_err(|_| SigningKeyError::NoRandom)?;
        let text = Zeroizing::new(STANDARD.encode(der.as_ref()));
        let mut pem = Zeroizing::new("-----BEGIN PRIVATE KEY-----\n".to_owned());
        for (place, letter) in text.chars().enumerate() {
            if place > 0 && place % PEM_LINE == 0 {
                pem.push('\n');
            }
            pem.push(letter);
        }
        pem.push_str("\n-----END PRIVATE KEY-----\n");
        let folder = file.parent().unwrap_or_else(|| Path::new("."));
        // The name is given to what is whole and on disk, and only if nobody has it.
        let fresh = tempfile::Builder::new()
            .prefix("platform-key-")
            .permissions(Permissions::from_mode(0o600))
            .tempfile_in(folder)
            .map_err(SigningKeyError::File)?;
        fresh
            .as_file()
            .write_all(pem.as_bytes())
            .and_then(|()| fresh.as_file().sync_all())
            .map_err(SigningKeyError::File)?;
        fresh.persist_noclobber(file).map_err(|error| match error.error.kind() {
            io::ErrorKind::AlreadyExists => SigningKeyError::IsThere,
            _ => SigningKeyError::File(error.error),
        })?;
        File::open(folder).and_then(|folder| folder.sync_all()).map_err(SigningKeyError::File)?;
        // From the file: what cannot be read back is found out now, and not when it is signed with.
        Self::read(file)
    }

    /// With what it signs (RFC 7518 section 3.1).
    #[must_use]
    pub const fn algorithm(&self) -> &'static str {
        match self.pair {
            SigningPair::Ec(_) => "ES384",
            SigningPair::Rsa(_) => "RS384",
        }
    }

    /// What is registered: a set with the public half (RFC 7517), as SMART wants it.
    #[must_use]
    pub fn public_set(&self) -> Value {
        let mut key = self.public_members();
        let told = json!({
            "kid": self.id(), "alg": self.algorithm(), "use": "sig", "key_ops": ["verify"],
        });
        if let (Value::Object(key), Value::Object(told)) = (&mut key, told) {
            key.extend(told);
        }
        json!({ "keys": [key] })
    }

    /// The members that make the public key, and no others.
    fn public_members(&self) -> Value {
        match &self.pair {
            SigningPair::Ec(pair) => {
                // An uncompressed point (SEC 1 section 2.3.3): 4, x, y.
                let point = pair.public_key().as_ref();
                let coordinate = |from: usize| point.get(from..from + COORDINATE).unwrap_or_default();
                let (x, y) = (coordinate(1), coordinate(1 + COORDINATE));
                json!({ "crv": "P-384", "kty": "EC", "x": base64(x), "y": base64(y) })
            }
            SigningPair::Rsa(pair) => {
                let PublicKeyComponents { n, e } = PublicKeyComponents::<Vec<u8>>::from(pair.public());
                json!({ "e": base64(&e), "kty": "RSA", "n": base64(&n) })
            }
        }
    }

    /// Its name: the thumbprint of the public half (RFC 7638), so that nobody has to choose one.
    fn id(&self) -> String {
        thumbprint(&self.public_members())
    }

    /// Says that we are this client, once, to whoever gives out tokens there (SMART App Launch 2.2.0,
    /// client-confidential-asymmetric; RFC 7523 section 3).
    ///
    /// # Errors
    /// [`SigningKeyError::NoRandom`].
    pub(super) fn assertion(&self, client: &str, audience: &str, now: Timestamp) -> Result<String, SigningKeyError> {
        let mut once = [0_u8; 16];
        getrandom::fill(&mut once).map_err(|_| SigningKeyError::NoRandom)?;
        let until = now.saturating_add(LIFETIME).unwrap_or(Timestamp::MAX).as_second();
        let header = json!({ "alg": self.algorithm(), "kid": self.id(), "typ": "JWT" });
        // Issuer and subject are both the client, and `jti` is new each time: a server refuses one that it has seen
        // (RFC 7523, section 3).
        let claims = json!({ "iss": client, "sub": client, "aud": audience, "exp": until, "jti": hex::encode(once) });
        let said = format!("{}.{}", base64(header.to_string().as_bytes()), base64(claims.to_string().as_bytes()));
        let signature = match &self.pair {
            SigningPair::Ec(pair) => {
                let signature = pair.sign(&self.random, said.as_bytes()).map_err(|_| SigningKeyError::NoRandom)?;
                base64(signature.as_ref())
            }
            SigningPair::Rsa(pair) => {
                let mut signature = vec![0; pair.public().modulus_len()];
                pair.sign(&RSA_PKCS1_SHA384, &self.random, said.as_bytes(), &mut signature)
                    .map_err(|_| SigningKeyError::NoRandom)?;
                base64(&signature)
            }
        };
        Ok(format!("{said}.{signature}"))
    }
}

/// The thumbprint of the members that make a public key (RFC 7638 section 3): they are digested in the order of their
/// names and without a blank, which is how `serde_json` writes them.
fn thumbprint(members: &Value) -> String {
    base64(digest(&SHA256, members.to_string().as_bytes()).as_ref())
}

/// Bytes as JOSE writes them (RFC 7515 section 2).
fn base64(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}
