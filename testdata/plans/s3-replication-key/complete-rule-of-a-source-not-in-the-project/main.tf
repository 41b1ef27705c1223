provider "aws" {
  region = "eu-west-1"
}

provider "aws" {
  alias  = "frankfurt"
  region = "eu-central-1"
}

resource "aws_kms_key" "frankfurt" {
  provider            = aws.frankfurt
  description         = "orders"
  enable_key_rotation = true
}

resource "aws_s3_bucket" "destination" {
  provider = aws.frankfurt
  bucket   = "orders-destination"
}

resource "aws_s3_bucket_replication_configuration" "orders" {
  bucket = "legacy-source"
  role   = "arn:aws:iam::123456789012:role/s3-replication"

  rule {
    id     = "all"
    status = "Enabled"

    source_selection_criteria {
      sse_kms_encrypted_objects {
        status = "Enabled"
      }
    }

    destination {
      bucket = aws_s3_bucket.destination.arn

      encryption_configuration {
        replica_kms_key_id = aws_kms_key.frankfurt.arn
      }
    }
  }
}
