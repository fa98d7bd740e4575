// Reads electronic seals (SESeal after GB/T 38540) with BouncyCastle:
//
//   java SealCheck CA.der accept SEAL…    every seal is accepted
//   java SealCheck CA.der changes SEAL    the seal is accepted, and refused
//                                         after every change of one byte
//
// Accepted: strict DER of that structure, the maker's SM2 signature over the
// DER of SES_SealInfo, his certificate under the CA, valid when the seal was
// made and fit for signing, and every listed certificate under the CA, too.

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Date;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.bouncycastle.asn1.ASN1BitString;
import org.bouncycastle.asn1.ASN1Boolean;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1GeneralizedTime;
import org.bouncycastle.asn1.ASN1IA5String;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.ASN1PrintableString;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.ASN1UTF8String;
import org.bouncycastle.asn1.gm.GMObjectIdentifiers;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.crypto.params.AsymmetricKeyParameter;
import org.bouncycastle.crypto.params.ParametersWithID;
import org.bouncycastle.crypto.signers.SM2Signer;
import org.bouncycastle.crypto.util.PublicKeyFactory;

public final class SealCheck {
  // Where a seal is refused.
  private static final class Refused extends Exception {
    private static final long serialVersionUID = 1L;

    Refused(String stage) {
      super(stage, null, false, false);
    }
  }

  private static void demand(boolean condition, String stage) throws Refused {
    if (!condition) throw new Refused(stage);
  }

  private static ASN1Primitive strict(byte[] bytes, String stage)
      throws Refused {
    try {
      ASN1Primitive value = ASN1Primitive.fromByteArray(bytes);
      demand(Arrays.equals(value.getEncoded("DER"), bytes), stage);
      return value;
    } catch (IOException | RuntimeException error) {
      throw new Refused(stage);
    }
  }

  // The elements of one SEQUENCE, in order.
  private static final class Parts {
    private final ASN1Sequence sequence;
    private int next = 0;

    Parts(ASN1Encodable value) throws Refused {
      demand(value instanceof ASN1Sequence, "structure");
      sequence = (ASN1Sequence) value;
    }

    boolean more() {
      return next < sequence.size();
    }

    <T> T take(Class<T> type) throws Refused {
      demand(more() && type.isInstance(sequence.getObjectAt(next)),
             "structure");
      return type.cast(sequence.getObjectAt(next++));
    }

    Parts sequence() throws Refused {
      return new Parts(take(ASN1Sequence.class));
    }

    byte[] octets() throws Refused {
      return take(ASN1OctetString.class).getOctets();
    }

    byte[] bits() throws Refused {
      ASN1BitString bits = take(ASN1BitString.class);
      demand(bits.getPadBits() == 0, "structure");
      return bits.getOctets();
    }

    Date time() throws Refused {
      ASN1GeneralizedTime time = take(ASN1GeneralizedTime.class);
      demand(time.getTimeString().matches("[0-9]{14}GMT\\+00:00|[0-9]{14}Z"),
             "structure");
      try {
        return time.getDate();
      } catch (java.text.ParseException error) {
        throw new Refused("structure");
      }
    }

    void end() throws Refused {
      demand(!more(), "structure");
    }
  }

  private static boolean verifySm2(SubjectPublicKeyInfo key, byte[] message,
                                   byte[] value) throws Refused {
    // By its name: the equation holds over other curves, too.
    demand(GMObjectIdentifiers.sm2p256v1.equals(
               key.getAlgorithm().getParameters()),
           "curve");
    try {
      AsymmetricKeyParameter parameters = PublicKeyFactory.createKey(key);
      SM2Signer signer = new SM2Signer();
      byte[] user = "1234567812345678".getBytes(StandardCharsets.US_ASCII);
      signer.init(false, new ParametersWithID(parameters, user));
      signer.update(message, 0, message.length);
      return signer.verifySignature(value);
    } catch (IOException | RuntimeException error) {
      return false;
    }
  }

  private static X509CertificateHolder certificate(byte[] der)
      throws Refused {
    try {
      X509CertificateHolder read =
          new X509CertificateHolder(strict(der, "certificate").getEncoded());
      demand(read.getSignatureAlgorithm().getAlgorithm().equals(
                 GMObjectIdentifiers.sm2sign_with_sm3),
             "certificate");
      // What is signed names the algorithm again.
      demand(read.toASN1Structure().getTBSCertificate().getSignature().equals(
                 read.getSignatureAlgorithm()),
             "certificate");
      demand(read.toASN1Structure().getSignature().getPadBits() == 0,
             "certificate");
      return read;
    } catch (IOException | RuntimeException error) {
      throw new Refused("certificate");
    }
  }

  private final X509CertificateHolder ca;

  private SealCheck(byte[] caDer) throws Refused {
    ca = certificate(caDer);
    BasicConstraints constraints =
        BasicConstraints.fromExtensions(ca.getExtensions());
    demand(constraints != null && constraints.isCA(), "ca");
    checkSignature(ca);
  }

  private void checkSignature(X509CertificateHolder read) throws Refused {
    try {
      demand(read.getIssuer().equals(ca.getSubject()) &&
                 verifySm2(ca.getSubjectPublicKeyInfo(),
                           read.toASN1Structure().getTBSCertificate()
                               .getEncoded("DER"),
                           read.getSignature()),
             "chain");
    } catch (IOException error) {
      throw new Refused("chain");
    }
  }

  private X509CertificateHolder checkSigner(byte[] der, Date at)
      throws Refused {
    X509CertificateHolder read = certificate(der);
    checkSignature(read);
    demand(read.isValidOn(at) && ca.isValidOn(at), "validity");
    KeyUsage usage = KeyUsage.fromExtensions(read.getExtensions());
    demand(usage == null || usage.hasUsages(KeyUsage.digitalSignature) ||
               usage.hasUsages(KeyUsage.nonRepudiation),
           "key usage");
    return read;
  }

  // When it was made.
  private Date checkProperty(Parts property) throws Refused {
    property.take(ASN1Integer.class);
    property.take(ASN1UTF8String.class);
    int listType = property.take(ASN1Integer.class).intValueExact();
    Parts list = property.sequence();
    Date made = property.time();
    Date from = property.time();
    demand(property.time().after(from), "structure");
    property.end();
    demand(listType == 1 || listType == 2, "structure");
    while (list.more()) {
      if (listType == 1) {
        checkSigner(list.octets(), made);
      } else {
        Parts entry = list.sequence();
        entry.take(ASN1PrintableString.class);
        demand(entry.octets().length == 32, "structure");
        entry.end();
      }
    }
    return made;
  }

  private Date checkInfo(Parts info) throws Refused {
    Parts header = info.sequence();
    demand(header.take(ASN1IA5String.class).getString().equals("ES"),
           "structure");
    demand(header.take(ASN1Integer.class).hasValue(4), "structure");
    header.take(ASN1IA5String.class);
    header.end();
    info.take(ASN1IA5String.class);
    Date made = checkProperty(info.sequence());
    Parts picture = info.sequence();
    picture.take(ASN1IA5String.class);
    picture.octets();
    picture.take(ASN1Integer.class);
    picture.take(ASN1Integer.class);
    picture.end();
    if (info.more()) {
      Parts extensions = info.sequence();
      while (extensions.more()) {
        Parts extension = extensions.sequence();
        extension.take(ASN1ObjectIdentifier.class);
        extension.take(ASN1Boolean.class);
        extension.octets();
        extension.end();
      }
    }
    info.end();
    return made;
  }

  void check(byte[] bytes) throws Refused {
    try {
      Parts seal = new Parts(strict(bytes, "DER"));
      ASN1Sequence info = seal.take(ASN1Sequence.class);
      byte[] makerDer = seal.octets();
      demand(seal.take(ASN1ObjectIdentifier.class)
                 .equals(GMObjectIdentifiers.sm2sign_with_sm3),
             "algorithm");
      byte[] value = seal.bits();
      seal.end();
      X509CertificateHolder maker = certificate(makerDer);
      demand(verifySm2(maker.getSubjectPublicKeyInfo(),
                       info.getEncoded("DER"), value),
             "signature");
      checkSigner(makerDer, checkInfo(new Parts(info)));
    } catch (IOException | RuntimeException error) {
      throw new Refused("structure");
    }
  }

  // The stage where it is refused; null where it is accepted.
  String stage(byte[] bytes) {
    try {
      check(bytes);
      return null;
    } catch (Refused refused) {
      return refused.getMessage();
    }
  }

  // Offset and end of the info and of the signature: every other value of each
  // of their bytes is tried, of all other bytes some.
  private static boolean isInParts(byte[] seal, int at) throws Refused {
    try {
      ASN1Sequence parts = (ASN1Sequence) strict(seal, "DER");
      int info = parts.getObjectAt(0).toASN1Primitive().getEncoded("DER").length;
      int value =
          parts.getObjectAt(3).toASN1Primitive().getEncoded("DER").length;
      int rest = Arrays.stream(parts.toArray()).mapToInt(part -> {
        try {
          return part.toASN1Primitive().getEncoded("DER").length;
        } catch (IOException error) {
          throw new IllegalStateException(error);
        }
      }).sum();
      int begin = seal.length - rest;
      return at >= begin && at < begin + info || at >= seal.length - value;
    } catch (IOException error) {
      throw new Refused("DER");
    }
  }

  private boolean changes(byte[] seal) throws Refused {
    boolean[] every = new boolean[seal.length];
    for (int at = 0; at < seal.length; ++at) every[at] = isInParts(seal, at);
    Map<String, Integer> stages = new TreeMap<>();
    int[] accepted = {0};
    IntStream.range(0, seal.length).parallel().forEach(at -> {
      byte[] changed = seal.clone();
      for (int flip = 1; flip < 256; ++flip) {
        if (!every[at] && flip % 61 != at % 61) continue;
        changed[at] = (byte) (seal[at] ^ flip);
        String stage = stage(changed);
        synchronized (stages) {
          if (stage == null) {
            ++accepted[0];
            System.out.printf("FAILED: accepted with byte %d xor %02x%n", at,
                              flip);
          } else {
            stages.merge(stage, 1, Integer::sum);
          }
        }
      }
    });
    int tried = stages.values().stream().mapToInt(n -> n).sum() + accepted[0];
    System.out.println(tried + " changes, refused at " + stages);
    // Changes of a name, say, leave nothing but the signature to refuse them,
    // and those of the certificate nothing but its chain.
    return accepted[0] == 0 && stages.getOrDefault("signature", 0) > 1000 &&
        stages.getOrDefault("chain", 0) > 100;
  }

  public static void main(String[] words) throws Exception {
    SealCheck checker = new SealCheck(Files.readAllBytes(Path.of(words[0])));
    boolean good = true;
    for (String name : Arrays.asList(words).subList(2, words.length)) {
      byte[] seal = Files.readAllBytes(Path.of(name));
      String stage = checker.stage(seal);
      System.out.println(name + ": " +
                         (stage == null ? "accepted" : "REFUSED at " + stage));
      good &= stage == null;
      if (words[1].equals("changes")) good &= checker.changes(seal);
    }
    System.exit(good && words.length > 2 ? 0 : 1);
  }
}
