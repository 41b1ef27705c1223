provider "aws" {
  region = "eu-west-1"
}

provider "aws" {
  alias  = "frankfurt"
  region = "eu-central-1"
}

removed {
  from = aws_kms_replica_external_key.app

  lifecycle {
    destroy = false
  }
}
