provider "aws" {
  region = "eu-west-1"
}

provider "aws" {
  alias  = "frankfurt"
  region = "eu-central-1"
}

resource "aws_kms_key" "app" {
  description         = "orders"
  enable_key_rotation = true
  multi_region        = true
}

resource "aws_kms_replica_key" "app" {
  provider        = aws.frankfurt
  primary_key_arn = aws_kms_key.app.arn
}

resource "aws_kms_grant" "worker" {
  provider          = aws.frankfurt
  name              = "worker"
  key_id            = aws_kms_key.app.arn
  grantee_principal = "arn:aws:iam::123456789012:role/worker"
  operations        = ["Decrypt"]

  constraints {
    encryption_context_equals = {
      Service = "orders"
    }
  }
}
